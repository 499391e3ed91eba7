package io.medley.flow;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Activation normalisation (Kingma and Dhariwal, 2018): x·exp(logScale) + shift per channel, started so that the first batch comes out with
 * mean 0 and deviation 1. From then on both are ordinary parameters. When it is used backwards, the first batch of outputs starts it.
 */
public final class ActNorm implements Bijector {
    /** Keeps the scale of a channel that never changes finite. */
    private static final double EPS = 1e-6;

    private final Tensor logScale; // C elements
    private final Tensor shift; // C elements
    private final Tensor initialized; // scalar, 1 once started
    private final DiagonalAffine map;

    private ActNorm(Tensor logScale, Tensor shift, Tensor initialized) {
        this.logScale = logScale;
        this.shift = shift;
        this.initialized = initialized;
        this.map = new DiagonalAffine(() -> logScale, () -> shift);
    }

    /**
     * Under normflows' names, for (B, C) or (B, C, H, W).
     *
     * @param dims 2 or 4
     */
    public static ActNorm of(Weights weights, int channels, int dims) {
        long[] shape = dims == 4 ? new long[] {1, channels, 1, 1} : new long[] {1, channels};
        return new ActNorm(
                weights.parameter("s", Init.ZEROS, shape),
                weights.parameter("t", Init.ZEROS, shape),
                weights.buffer("data_dep_init_done", Init.ZEROS));
    }

    /** Under nflows' names. */
    public static ActNorm nflows(Weights weights, int channels) {
        return new ActNorm(
                weights.parameter("log_scale", Init.ZEROS, channels),
                weights.parameter("shift", Init.ZEROS, channels),
                weights.buffer("initialized", Init.ZEROS));
    }

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        return map.forward(x, context);
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        return map.inverse(y, context);
    }

    @Override
    public Tensor initialize(Tensor x, @Nullable Tensor context) {
        start(x, true);
        return forward(x, context).value();
    }

    @Override
    public Tensor initializeInverse(Tensor y, @Nullable Tensor context) {
        start(y, false);
        return inverse(y, context).value();
    }

    private void start(Tensor batch, boolean forward) {
        try (var off = NoGrad.open()) {
            var rows = batch.transpose(0, 1).reshape(batch.size(1), -1); // (C, N)
            var mean = rows.mean(1, true);
            var centred = rows.sub(mean);
            var deviation = centred.mul(centred)
                    .sum(1, true)
                    .div(Math.max(1, rows.size(1) - 1))
                    .sqrt();
            var log = deviation.add(EPS).log();
            logScale.copy_((forward ? log.neg() : log).reshape(logScale.shape()));
            shift.copy_((forward ? mean.mul(log.neg().exp()).neg() : mean).reshape(shift.shape()));
            initialized.fill_(1);
        }
    }
}
