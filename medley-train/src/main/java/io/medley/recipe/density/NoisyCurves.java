package io.medley.recipe.density;

import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.DoubleFunction;

/**
 * A uniformly chosen point of uniformly chosen curves, plus Gaussian noise. The density is a mixture over all points of the curves, summed
 * by the midpoint rule at a spacing well below the noise.
 */
public final class NoisyCurves implements ToyData {
    private static final int NODES = 512;

    private final String name;
    private final List<DoubleFunction<Point>> curves;
    private final double noise;
    private final GaussianMixture nodes;

    /**
     * @param curves from [0, 1] to the plane
     * @param noise standard deviation in each direction, 0.02 or more: below that the sum over {@value #NODES} points of a curve is no
     *     longer exact
     */
    NoisyCurves(String name, List<DoubleFunction<Point>> curves, double noise) {
        if (!(noise >= 0.02)) {
            throw new MedleyException(
                    name + ": noise " + noise + " is too small for an exact density; give 0.02 or more");
        }
        this.name = name;
        this.curves = curves;
        this.noise = noise;
        List<Point> all = new ArrayList<>();
        for (var curve : curves) {
            for (int k = 0; k < NODES; k++) {
                all.add(curve.apply((k + 0.5) / NODES));
            }
        }
        this.nodes = new GaussianMixture(name, all, noise);
    }

    @Override
    public String name() {
        return name;
    }

    /** Standard deviation of the noise. */
    public double noise() {
        return noise;
    }

    @Override
    public Tensor sample(Generator generator, int count) {
        float[] which = generator.uniform(count).toFloats();
        float[] where = generator.uniform(count).toFloats();
        return nodes.around(generator, count, i -> curves.get((int) (which[i] * curves.size()))
                .apply(where[i]));
    }

    @Override
    public double logDensity(double x, double y) {
        return nodes.logDensity(x, y);
    }

    @Override
    public double entropy() {
        return nodes.entropy();
    }

    @Override
    public Optional<GaussianMixture> mixture() {
        return Optional.of(nodes);
    }

    @Override
    public Box box() {
        return nodes.box();
    }
}
