package io.medley.recipe.density;

import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;

/**
 * x standard normal, y = x² + width·ε. One additive coupling maps it to a Gaussian exactly.
 *
 * @param width standard deviation of y given x
 */
public record Banana(double width) implements ToyData {
    private static final double LOG_2PI = Math.log(2 * Math.PI);

    public Banana {
        if (!(width > 0)) {
            throw new MedleyException("banana: width " + width + " must be positive");
        }
    }

    @Override
    public String name() {
        return "banana";
    }

    @Override
    public Tensor sample(Generator generator, int count) {
        float[] xy = generator.normal(count, 2).toFloats();
        for (int i = 0; i < xy.length; i += 2) {
            xy[i + 1] = (float) (xy[i] * xy[i] + width * xy[i + 1]);
        }
        return Tensor.of(xy, count, 2);
    }

    @Override
    public double logDensity(double x, double y) {
        double e = (y - x * x) / width;
        return -LOG_2PI - Math.log(width) - (x * x + e * e) / 2;
    }

    @Override
    public double entropy() {
        return 1 + LOG_2PI + Math.log(width);
    }

    @Override
    public Box box() {
        return new Box(-4, 4, -4 * width, 16 + 4 * width);
    }
}
