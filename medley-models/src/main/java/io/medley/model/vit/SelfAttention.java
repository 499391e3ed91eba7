package io.medley.model.vit;

import io.medley.nn.Attention;
import io.medley.nn.Linear;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/** Every token attends to all tokens; queries, keys and values come from one map. Its result is tapped under its own name. */
public final class SelfAttention {
    private final String path;
    private final int heads;
    private final Linear qkv;
    private final Linear proj;

    public SelfAttention(Weights weights, int width, int heads) {
        this.path = weights.path();
        this.heads = heads;
        this.qkv = new Linear(weights.at("qkv"), width, 3 * width);
        this.proj = new Linear(weights.at("proj"), width, width);
    }

    /** (B, N, C) → (B, N, C). */
    public Tensor forward(Tensor x) {
        long batch = x.size(0);
        long tokens = x.size(1);
        long width = x.size(2);
        var q = qkv.forward(x)
                .reshape(batch, tokens, 3, heads, width / heads)
                .permute(2, 0, 3, 1, 4); // (3, B, H, N, D)
        var out = Attention.attend(q.select(0, 0), q.select(0, 1), q.select(0, 2), null, false, path);
        return Trace.tap(path, proj.forward(Attention.mergeHeads(out))); // (B, N, C)
    }
}
