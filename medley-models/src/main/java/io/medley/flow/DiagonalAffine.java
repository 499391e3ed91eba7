package io.medley.flow;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * x·exp(logScale) + shift, one pair per channel of (B, C, …). Both are asked for at every call, because they may be computed from
 * parameters. Activation and batch normalisation, NICE's scaling layer and the diagonal of linear maps are this.
 *
 * @param logScale with C elements
 * @param shift with C elements
 */
public record DiagonalAffine(Supplier<Tensor> logScale, Supplier<Tensor> shift) implements Bijector {

    /** normflows' {@code AffineConstFlow}: parameters {@code s} and {@code t} of shape (1, D), or a {@code t} that stays 0 (NICE's scaling). */
    public static DiagonalAffine of(Weights weights, int features, boolean shifted) {
        var s = weights.parameter("s", Init.ZEROS, 1, features);
        var t = shifted
                ? weights.parameter("t", Init.ZEROS, 1, features)
                : weights.buffer("t", Init.ZEROS, 1, features);
        return new DiagonalAffine(() -> s, () -> t);
    }

    /** A shift alone. */
    public static DiagonalAffine translation(Tensor shift) {
        return new DiagonalAffine(() -> Tensor.zeros(shift.dtype(), shift.shape()), () -> shift);
    }

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        var log = logScale.get();
        return Mapped.uniform(x.mul(perChannel(log.exp(), x)).add(perChannel(shift.get(), x)), logDet(log, x));
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        var log = logScale.get().neg();
        return Mapped.uniform(y.sub(perChannel(shift.get(), y)).mul(perChannel(log.exp(), y)), logDet(log, y));
    }

    /** C values as (1, C, 1, …). */
    static Tensor perChannel(Tensor values, Tensor x) {
        var shape = new long[x.dim()];
        java.util.Arrays.fill(shape, 1);
        shape[1] = values.numel();
        return values.reshape(shape);
    }

    private static Tensor logDet(Tensor log, Tensor x) {
        double positions = (double) x.numel() / x.size(0) / log.numel();
        return log.sum().mul(positions);
    }
}
