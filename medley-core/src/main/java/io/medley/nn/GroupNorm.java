package io.medley.nn;

import io.medley.tensor.Tensor;

/** Normalises groups of channels (Wu and He, 2018), then scales and shifts by channel. Its result is tapped under its own name. */
public final class GroupNorm {
    private final String path;
    private final Tensor weight;
    private final Tensor bias;
    private final int groups;
    private final double eps;

    /** @param groups must divide the channels */
    public GroupNorm(Weights weights, int channels, int groups, double eps) {
        this.path = weights.path();
        this.weight = weights.parameter("weight", Init.ONES, channels);
        this.bias = weights.parameter("bias", Init.ZEROS, channels);
        this.groups = groups;
        this.eps = eps;
    }

    /** (B, C, …) → (B, C, …). */
    public Tensor forward(Tensor x) {
        return Trace.tap(path, x.groupNorm(groups, weight, bias, eps));
    }

    /** SiLU of {@link #forward}. */
    public Tensor silu(Tensor x) {
        return Fresh.silu(forward(x));
    }
}
