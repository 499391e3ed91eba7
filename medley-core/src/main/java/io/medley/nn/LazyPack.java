package io.medley.nn;

import io.medley.tensor.PackedLinear;
import io.medley.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Packs constant weights once inference has used them a few times: a single caption is over before a pack pays for its copy of the weights,
 * a second one is not. Weights that are trained, or that something changes in place, are never packed.
 */
final class LazyPack {
    private static final int USES_BEFORE = 2;
    // A single row gains less: packing pays for itself after some thirty tokens, which is more than one caption.
    private static final int SINGLE_ROW_USES_BEFORE = 32;
    // Below this the fixed cost of a call outweighs the gain.
    private static final long SMALLEST = 1 << 19;

    private final List<Tensor> weights;
    private final List<Tensor> biases;
    private final boolean large;
    private volatile @Nullable PackedLinear packed;
    private volatile boolean constant = true;
    private int uses;
    private int singleRowUses;

    LazyPack(List<Tensor> weights, List<Tensor> biases) {
        this.weights = weights;
        this.biases = biases;
        this.large = weights.stream().mapToLong(Tensor::numel).sum() >= SMALLEST;
    }

    /** The pack to multiply {@code x} with, or null when the plain product is right. */
    @Nullable
    PackedLinear packFor(Tensor x) {
        if (!large || !constant) {
            return null;
        }
        for (var weight : weights) {
            if (weight.requiresGrad()) {
                packed = null;
                return null;
            }
        }
        if (!PackedLinear.suits(x)) {
            return null;
        }
        var pack = packed;
        if (pack == null) {
            pack = pack(x.numel() == x.size(-1));
        } else if (!pack.isCurrent()) {
            constant = false;
            packed = null;
            return null;
        }
        return pack;
    }

    private synchronized @Nullable PackedLinear pack(boolean singleRow) {
        boolean pays = singleRow ? singleRowUses++ >= SINGLE_ROW_USES_BEFORE : uses++ >= USES_BEFORE;
        if (packed == null && pays) {
            packed = PackedLinear.of(weights, biases);
        }
        return packed;
    }
}
