package io.medley.model.vit;

import io.medley.nn.Fresh;
import io.medley.nn.LayerNorm;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/** A pre-norm transformer block: x += attention(norm1(x)); x += mlp(norm2(x)). */
public final class Block {
    private final String path;
    private final LayerNorm norm1;
    private final SelfAttention attention;
    private final LayerNorm norm2;
    private final Mlp mlp;

    public Block(Weights weights, int width, int heads, int mlpWidth, double layerNormEps) {
        this.path = weights.path();
        this.norm1 = new LayerNorm(weights.at("norm1"), width, layerNormEps);
        this.attention = new SelfAttention(weights.at("attn"), width, heads);
        this.norm2 = new LayerNorm(weights.at("norm2"), width, layerNormEps);
        this.mlp = new Mlp(weights.at("mlp"), width, mlpWidth, Mlp.Activation.GELU);
    }

    /** (B, N, C) → (B, N, C). */
    public Tensor forward(Tensor x) {
        x = Fresh.residual(x, attention.forward(Trace.tap(path + ".norm1", norm1.forward(x))));
        x = Fresh.residual(x, mlp.forward(norm2.forward(x)));
        return Trace.tap(path, x);
    }
}
