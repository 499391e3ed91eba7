package io.medley.nn;

import io.medley.tensor.PackedLinear;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Packs a constant weight once inference has used it a few times: a single caption is over before a pack pays for its copy of the weight,
 * a second one is not. A single row needs no pack. Weights that are trained, or that something changes in place, are never packed.
 */
final class LazyPack {
    private static final int USES_BEFORE = 2;
    // Below this the fixed cost of a call outweighs the gain.
    private static final long SMALLEST = 1 << 19;

    private final Tensor weight;
    private final @Nullable Tensor bias;
    private final boolean large;
    private volatile @Nullable PackedLinear unpacked;
    private volatile @Nullable PackedLinear packed;
    private volatile boolean constant = true;
    private int uses;

    LazyPack(Tensor weight, @Nullable Tensor bias) {
        this.weight = weight;
        this.bias = bias;
        this.large = weight.numel() >= SMALLEST && weight.isContiguous();
    }

    /** The map to multiply {@code x} with, or null when the plain product is right. */
    @Nullable
    PackedLinear packFor(Tensor x) {
        if (!large || !constant) {
            return null;
        }
        if (weight.requiresGrad()) {
            unpacked = null;
            packed = null;
            return null;
        }
        if (!PackedLinear.suits(x)) {
            return null;
        }
        return x.numel() == x.size(-1) ? forSingleRow() : forRows();
    }

    private PackedLinear forSingleRow() {
        var map = unpacked;
        if (map == null) {
            map = PackedLinear.unpacked(weight, bias);
            unpacked = map;
        }
        return map;
    }

    private @Nullable PackedLinear forRows() {
        var pack = packed;
        if (pack == null) {
            return pack();
        }
        if (!pack.isCurrent()) {
            constant = false;
            packed = null;
            return null;
        }
        return pack;
    }

    private synchronized @Nullable PackedLinear pack() {
        if (packed == null && uses++ >= USES_BEFORE) {
            packed = PackedLinear.of(weight, bias);
        }
        return packed;
    }
}
