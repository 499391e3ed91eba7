package io.medley.nn;

import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** y = x·Wᵀ + b; weight (out, in), bias (out). */
public final class Linear {
    private final Tensor weight;
    private final @Nullable Tensor bias;

    public Linear(Weights weights, int in, int out) {
        this(weights, in, out, true, Init.normal(0.02));
    }

    public Linear(Weights weights, int in, int out, boolean bias, Init init) {
        this.weight = weights.parameter("weight", init, out, in);
        this.bias = bias ? weights.parameter("bias", Init.ZEROS, out) : null;
    }

    /** Shares tensors that other layers own. */
    public Linear(Tensor weight, @Nullable Tensor bias) {
        this.weight = weight;
        this.bias = bias;
    }

    /** (…, in) → (…, out). */
    public Tensor forward(Tensor x) {
        return x.linear(weight, bias);
    }

    public Tensor weight() {
        return weight;
    }

    public @Nullable Tensor bias() {
        return bias;
    }

    public int inFeatures() {
        return (int) weight.size(1);
    }

    public int outFeatures() {
        return (int) weight.size(0);
    }
}
