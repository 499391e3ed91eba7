package io.medley.flow;

import io.medley.tensor.Tensor;

/**
 * A strictly increasing function applied to each element, with parameters of its own for each: what couplings and autoregressive maps apply
 * to the features they change.
 */
public interface Elementwise {

    /** Images and the logarithms of the slopes there, both (B, C, …). */
    record Curve(Tensor value, Tensor logSlope) {}

    /** Number of parameters per element, P. */
    int parameters();

    /**
     * @param x (B, C, …)
     * @param parameters (B, C, P, …)
     */
    Curve forward(Tensor x, Tensor parameters);

    /** The way back, with the slopes of the way back. */
    Curve inverse(Tensor y, Tensor parameters);
}
