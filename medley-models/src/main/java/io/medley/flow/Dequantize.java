package io.medley.flow;

import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Integers 0 to levels−1 with uniform noise, spread over [0, 1): (x + u)/levels. Without noise a density could grow without bound at the
 * integers; with it, the density of what comes out, averaged over the noise, bounds the probability of the integers from below (Theis et
 * al., 2016), and bits per dimension come out right without further thought. Back is exact: the level each value falls into.
 *
 * @param levels number of values, 256 for bytes
 * @param generator of the noise
 */
public record Dequantize(int levels, Generator generator) implements Bijector {
    private static final double ROUNDING = Math.pow(2, -23);

    public Dequantize {
        if (levels < 2) {
            throw new MedleyException("dequantise: " + levels + " levels are too few; give 2 or more");
        }
    }

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        // Short of 1 by the rounding of levels-sized numbers, or a sum could round up to the next integer.
        var noise = generator.uniform(x.shape()).to(x.dtype()).clamp(0, 1 - levels * ROUNDING);
        return new Mapped(x.add(noise).div(levels), logDet(x, -1));
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        return new Mapped(y.mul(levels).floor().clamp(0, levels - 1), logDet(y, 1));
    }

    private Tensor logDet(Tensor x, int sign) {
        double perSample = (double) x.numel() / x.size(0);
        return Tensor.full(sign * perSample * Math.log(levels), x.dtype(), x.size(0));
    }
}
