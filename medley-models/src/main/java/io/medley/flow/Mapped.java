package io.medley.flow;

import io.medley.tensor.Tensor;

/**
 * What a bijector makes of a batch.
 *
 * @param value the images (B, …)
 * @param logDet log |det| of the Jacobian of the direction that was taken, per sample (B)
 */
public record Mapped(Tensor value, Tensor logDet) {

    /** A map that preserves volume. */
    static Mapped volumePreserving(Tensor value) {
        return new Mapped(value, Tensor.zeros(value.dtype(), value.size(0)));
    }

    /** A map whose log-determinant is the same for every sample: a scalar (no dimensions). */
    static Mapped uniform(Tensor value, Tensor logDet) {
        return new Mapped(value, logDet.reshape(1).expand(value.size(0)));
    }

    /** A map of each element for itself, with the logarithms of its slopes, shaped like {@code value}. */
    static Mapped elementwise(Tensor value, Tensor logSlopes) {
        return new Mapped(value, sum(logSlopes));
    }

    /** Sums over everything but the batch: (B, …) → (B). */
    static Tensor sum(Tensor perElement) {
        return perElement.reshape(perElement.size(0), -1).sum(1, false);
    }
}
