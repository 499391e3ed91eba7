package io.medley.recipe.density;

import io.medley.diffusion.ExactGaussianMixtureDenoiser;
import io.medley.diffusion.ProbabilityPath;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.IntFunction;

/**
 * Equally likely round Gaussians.
 *
 * @param name what it is called
 * @param means centres
 * @param deviation standard deviation in each direction
 */
public record GaussianMixture(String name, List<Point> means, double deviation) implements ToyData {
    /** How many deviations from a centre still count; beyond, less than 1e-13 of the probability is left. */
    private static final double REACH = 8;

    public GaussianMixture {
        means = List.copyOf(means);
        if (means.isEmpty() || !(deviation > 0)) {
            throw new MedleyException(name + ": needs at least one mean and a positive deviation, has " + means.size()
                    + " and " + deviation);
        }
    }

    /** Centres evenly on a circle around the origin, the first at angle 0. */
    public static GaussianMixture onCircle(String name, int count, double radius, double deviation) {
        return new GaussianMixture(
                name,
                java.util.stream.IntStream.range(0, count)
                        .mapToObj(k -> 2 * Math.PI * k / count)
                        .map(a -> new Point(radius * Math.cos(a), radius * Math.sin(a)))
                        .toList(),
                deviation);
    }

    @Override
    public Tensor sample(Generator generator, int count) {
        float[] which = generator.uniform(count).toFloats();
        return around(generator, count, i -> means.get((int) (which[i] * means.size())));
    }

    /** Points with noise of this mixture's deviation, (count, 2). */
    Tensor around(Generator generator, int count, IntFunction<Point> centre) {
        float[] xy = generator.normal(count, 2).toFloats();
        for (int i = 0; i < count; i++) {
            Point c = centre.apply(i);
            xy[2 * i] = (float) (c.x() + deviation * xy[2 * i]);
            xy[2 * i + 1] = (float) (c.y() + deviation * xy[2 * i + 1]);
        }
        return Tensor.of(xy, count, 2);
    }

    @Override
    public double logDensity(double x, double y) {
        double nearest = Double.POSITIVE_INFINITY;
        for (Point mean : means) {
            nearest = Math.min(nearest, mean.squaredDistance(x, y));
        }
        double scale = 2 * deviation * deviation;
        double sum = 0;
        for (Point mean : means) {
            double further = (mean.squaredDistance(x, y) - nearest) / scale;
            sum += further > 50 ? 0 : Math.exp(-further);
        }
        return Math.log(sum / means.size()) - nearest / scale - Math.log(Math.PI * scale);
    }

    /**
     * By the rectangle rule at a third of the deviation, which is exact to many digits for sums of Gaussians: their spectrum has died out
     * at the spacing's frequency.
     */
    @Override
    public double entropy() {
        Box box = box();
        double step = deviation / 3;
        double sum = 0;
        for (double x = box.minX(); x <= box.maxX(); x += step) {
            for (double y = box.minY(); y <= box.maxY(); y += step) {
                double log = logDensity(x, y);
                sum -= log * Math.exp(log);
            }
        }
        return sum * step * step;
    }

    @Override
    public Optional<GaussianMixture> mixture() {
        return Optional.of(this);
    }

    /**
     * Its exact denoiser, in a model's units.
     *
     * @param scale by which the model multiplies data
     */
    public ExactGaussianMixtureDenoiser denoiser(ProbabilityPath path, double scale) {
        var weights = new double[means.size()];
        var deviations = new double[means.size()];
        Arrays.fill(weights, 1);
        Arrays.fill(deviations, deviation * scale);
        return new ExactGaussianMixtureDenoiser(
                path,
                weights,
                means.stream()
                        .map(mean -> new double[] {mean.x() * scale, mean.y() * scale})
                        .toArray(double[][]::new),
                deviations);
    }

    @Override
    public Box box() {
        return Box.around(means, REACH * deviation);
    }
}
