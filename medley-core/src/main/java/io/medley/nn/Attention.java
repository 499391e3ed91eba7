package io.medley.nn;

import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Scaled dot-product attention over heads, the one place where it is computed.
 *
 * <p>Shapes: B batch, L queries, S keys, H heads, D head width; C = H·D.
 */
public final class Attention {
    /** What BERT adds to the score of a key that must not be seen. */
    public static final float HIDDEN = -10000;

    private Attention() {}

    /** (B, N, C) → (B, H, N, D). */
    public static Tensor splitHeads(Tensor x, int heads) {
        return x.reshape(x.size(0), x.size(1), heads, x.size(2) / heads).transpose(1, 2); // (B, H, N, D)
    }

    /** (B, H, N, D) → (B, N, C). */
    public static Tensor mergeHeads(Tensor x) {
        return x.transpose(1, 2).reshape(x.size(0), x.size(2), x.size(1) * x.size(3)); // (B, N, C)
    }

    /**
     * softmax(q·kᵀ/√D + mask)·v. Fused, except while a {@link Trace} wants the probabilities, tapped as {@code path.probs}.
     *
     * @param q (B, H, L, D)
     * @param k (B, H, S, D)
     * @param v (B, H, S, D)
     * @param mask added to the scores, broadcast to (B, H, L, S), or null
     * @param causal query i sees keys up to i + (S − L); excludes a mask
     * @return (B, H, L, D)
     */
    public static Tensor attend(Tensor q, Tensor k, Tensor v, @Nullable Tensor mask, boolean causal, String path) {
        var name = path + ".probs";
        if (Trace.wants(name)) {
            var scores = q.matmul(k.transpose(-2, -1)).div(Math.sqrt(q.size(-1))); // (B, H, L, S)
            if (causal) {
                scores = scores.add(causalMask(q.size(2), k.size(2)));
            } else if (mask != null) {
                scores = scores.add(mask);
            }
            return Trace.tap(name, scores.softmax(-1)).matmul(v);
        }
        if (causal && q.size(2) != k.size(2)) {
            // LibTorch's causal flag aligns the triangle at the top left; with cached keys it belongs at the bottom
            // right.
            return q.size(2) == 1
                    ? Tensor.scaledDotProductAttention(q, k, v, null, false)
                    : Tensor.scaledDotProductAttention(q, k, v, causalMask(q.size(2), k.size(2)), false);
        }
        return Tensor.scaledDotProductAttention(q, k, v, mask, causal);
    }

    /** 0 where query i may see key j, {@link #HIDDEN} elsewhere; (1, 1, L, S). */
    public static Tensor causalMask(long queries, long keys) {
        var query = Tensor.arange(queries).add(keys - queries).unsqueeze(1); // (L, 1)
        var key = Tensor.arange(keys).unsqueeze(0); // (1, S)
        return key.gt(query).to(io.medley.tensor.DType.FLOAT32).mul(HIDDEN).reshape(1, 1, queries, keys);
    }
}
