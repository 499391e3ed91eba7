package io.medley.nn;

import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * y = x·Wᵀ + b; weight (out, in), bias (out). A large constant weight is packed for inference once it is used repeatedly. {@link Lora} may
 * add a trained map of low rank beside a frozen weight.
 */
public final class Linear {
    private final Tensor weight;
    private final @Nullable Tensor bias;
    private final LazyPack packs;
    private volatile @Nullable LowRank adapter;

    public Linear(Weights weights, int in, int out) {
        this(weights, in, out, true, Init.normal(0.02));
    }

    public Linear(Weights weights, int in, int out, boolean bias, Init init) {
        this(weights.parameter("weight", init, out, in), bias ? weights.parameter("bias", Init.ZEROS, out) : null);
        weights.enter(this);
    }

    /** Shares tensors that other layers own. */
    public Linear(Tensor weight, @Nullable Tensor bias) {
        this.weight = weight;
        this.bias = bias;
        this.packs = new LazyPack(weight, bias);
    }

    /** (…, in) → (…, out). */
    public Tensor forward(Tensor x) {
        var pack = packs.packFor(x);
        var y = pack == null ? x.linear(weight, bias) : pack.forward(x);
        var low = adapter;
        return low == null ? y : y.add(low.forward(x));
    }

    /** Exact GELU of {@link #forward}. */
    public Tensor gelu(Tensor x) {
        if (adapter != null) {
            return Fresh.gelu(forward(x));
        }
        var pack = packs.packFor(x);
        return pack == null ? Fresh.gelu(x.linear(weight, bias)) : pack.gelu(x);
    }

    /** Adds the low-rank map to every result from now on; null takes it away. */
    void adapt(@Nullable LowRank map) {
        adapter = map;
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
