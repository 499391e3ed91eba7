package io.medley.flow;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * x where positive, slope·x elsewhere; nflows' {@code LeakyReLU}.
 *
 * @param slope positive
 */
public record LeakyRelu(double slope) implements Bijector {

    public LeakyRelu {
        if (!(slope > 0)) {
            throw new MedleyException("leaky ReLU: slope " + slope + " must be positive, or it could not be undone");
        }
    }

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        return bend(x, slope);
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        return bend(y, 1 / slope);
    }

    private static Mapped bend(Tensor x, double slope) {
        return Mapped.elementwise(x.leakyRelu(slope), x.lt(0).to(x.dtype()).mul(Math.log(slope)));
    }
}
