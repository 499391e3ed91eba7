package io.medley.diffusion;

import io.medley.tensor.Tensor;

/**
 * A function of a scaled state and a time, in float32: MLP, U-Net, transformer. Conditions (class, text) are bound by the caller:
 * {@code (x, t) -> unet.forward(x, t, labels)}.
 */
@FunctionalInterface
public interface Network {

    /**
     * The prediction, of x's shape.
     *
     * @param x (B, …) float32, scaled as the system says
     * @param t (B) float32, as the system says: an index, a fraction, a log noise level
     */
    Tensor forward(Tensor x, Tensor t);
}
