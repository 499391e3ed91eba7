package io.medley.flow;

import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * An invertible map of batches (B, …) that knows how it changes volume. The log-determinant belongs to the direction that was called, so
 * that {@code inverse(forward(x))} has log-determinants that cancel.
 */
public interface Bijector {

    /** @param context what the map is conditioned on, (B, C); most maps have none */
    Mapped forward(Tensor x, @Nullable Tensor context);

    /**
     * The way back.
     *
     * @param context as in {@link #forward}
     */
    Mapped inverse(Tensor y, @Nullable Tensor context);

    /** {@link #forward(Tensor, Tensor)} without context. */
    default Mapped forward(Tensor x) {
        return forward(x, null);
    }

    /** {@link #inverse(Tensor, Tensor)} without context. */
    default Mapped inverse(Tensor y) {
        return inverse(y, null);
    }

    /**
     * Sets start values from a batch of this map's inputs, in layers that have such (activation normalisation), and returns the batch's
     * images for the layers that follow. Call once, before training, without recording gradients.
     */
    default Tensor initialize(Tensor x, @Nullable Tensor context) {
        return forward(x, context).value();
    }

    /** Like {@link #initialize} for a map that is used backwards: from a batch of outputs. */
    default Tensor initializeInverse(Tensor y, @Nullable Tensor context) {
        return inverse(y, context).value();
    }

    /** The same map with its directions exchanged. */
    default Bijector inverted() {
        return new Inverted(this);
    }
}
