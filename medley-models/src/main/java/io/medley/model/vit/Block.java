package io.medley.model.vit;

import io.medley.nn.Attention;
import io.medley.nn.Fresh;
import io.medley.nn.LayerNorm;
import io.medley.nn.Linear;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/** A pre-norm transformer block: x += attention(norm1(x)); x += mlp(norm2(x)). */
final class Block {
    private final String path;
    private final int heads;
    private final LayerNorm norm1;
    private final Linear qkv;
    private final Linear proj;
    private final LayerNorm norm2;
    private final Linear fc1;
    private final Linear fc2;

    Block(Weights weights, VitConfig config) {
        int width = config.width();
        this.path = weights.path();
        this.heads = config.heads();
        this.norm1 = new LayerNorm(weights.at("norm1"), width, config.layerNormEps());
        this.qkv = new Linear(weights.at("attn.qkv"), width, 3 * width);
        this.proj = new Linear(weights.at("attn.proj"), width, width);
        this.norm2 = new LayerNorm(weights.at("norm2"), width, config.layerNormEps());
        this.fc1 = new Linear(weights.at("mlp.fc1"), width, config.mlpWidth());
        this.fc2 = new Linear(weights.at("mlp.fc2"), config.mlpWidth(), width);
    }

    /** (B, N, C) → (B, N, C). */
    Tensor forward(Tensor x) {
        x = Fresh.residual(x, Trace.tap(path + ".attn", attention(Trace.tap(path + ".norm1", norm1.forward(x)))));
        x = Fresh.residual(x, Trace.tap(path + ".mlp", fc2.forward(fc1.gelu(norm2.forward(x)))));
        return Trace.tap(path, x);
    }

    private Tensor attention(Tensor x) {
        long batch = x.size(0);
        long tokens = x.size(1);
        long width = x.size(2);
        var q = qkv.forward(x)
                .reshape(batch, tokens, 3, heads, width / heads)
                .permute(2, 0, 3, 1, 4); // (3, B, H, N, D)
        var out = Attention.attend(q.select(0, 0), q.select(0, 1), q.select(0, 2), null, false, path + ".attn");
        return proj.forward(Attention.mergeHeads(out)); // (B, N, C)
    }
}
