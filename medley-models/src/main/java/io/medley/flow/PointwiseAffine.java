package io.medley.flow;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * x·scale + shift with two fixed numbers, for scaling data; nflows' {@code PointwiseAffineTransform}.
 *
 * @param scale not 0; negative mirrors
 * @param shift added afterwards
 */
public record PointwiseAffine(double scale, double shift) implements Bijector {

    public PointwiseAffine {
        if (scale == 0 || !Double.isFinite(scale) || !Double.isFinite(shift)) {
            throw new MedleyException("affine map: scale " + scale + " and shift " + shift
                    + " must be finite, and the scale not 0, or it could not be undone");
        }
    }

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        return new Mapped(x.mul(scale).add(shift), logDet(x, 1));
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        return new Mapped(y.sub(shift).div(scale), logDet(y, -1));
    }

    private Tensor logDet(Tensor x, int sign) {
        double perSample = (double) x.numel() / x.size(0);
        return Tensor.full(sign * perSample * Math.log(Math.abs(scale)), x.dtype(), x.size(0));
    }
}
