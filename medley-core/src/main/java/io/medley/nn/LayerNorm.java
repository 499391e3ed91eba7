package io.medley.nn;

import io.medley.tensor.Tensor;

/** Normalises over the last dimension, then scales and shifts. */
public final class LayerNorm {
    private final Tensor weight;
    private final Tensor bias;
    private final double eps;

    public LayerNorm(Weights weights, int width, double eps) {
        this.weight = weights.parameter("weight", Init.ONES, width);
        this.bias = weights.parameter("bias", Init.ZEROS, width);
        this.eps = eps;
    }

    /** (…, width) → (…, width). */
    public Tensor forward(Tensor x) {
        return x.layerNorm(weight, bias, eps);
    }
}
