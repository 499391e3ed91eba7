package io.medley.model.med;

import io.medley.nn.Attention;
import io.medley.tensor.DType;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Attention masks as transformers 4.15 adds them to the scores: −10000 within the text, −1e9 towards an encoder. */
final class Masks {
    private Masks() {}

    /** (B, T) of ones and zeros → (B, 1, 1, T). */
    static @Nullable Tensor text(@Nullable Tensor attentionMask) {
        return attentionMask == null ? null : additive(attentionMask, -10000);
    }

    /** Padding and the future both hidden: (B, T) → (B, 1, T, T). */
    static Tensor causal(@Nullable Tensor attentionMask, long length) {
        var future = Attention.causalMask(length, length); // (1, 1, T, T)
        // A key that is both padding and future is hidden once, as the product of the two masks is.
        return attentionMask == null
                ? future
                : future.add(additive(attentionMask, -10000)).clampMin(-10000);
    }

    /** (B, S) of ones and zeros → (B, 1, 1, S). */
    static @Nullable Tensor encoder(@Nullable Tensor attentionMask) {
        return attentionMask == null ? null : additive(attentionMask, -1e9);
    }

    private static Tensor additive(Tensor mask, double hidden) {
        return mask.to(DType.FLOAT32).neg().add(1).mul(hidden).unsqueeze(1).unsqueeze(1);
    }
}
