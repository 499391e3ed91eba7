package io.medley.model.unet;

import io.medley.nn.Attention;
import io.medley.nn.Fresh;
import io.medley.nn.GroupNorm;
import io.medley.nn.Init;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Every pixel attends to all pixels; the maps are 1×1 convolutions, computed as what they are: linear. */
final class PixelAttention {
    private final String path;
    private final int heads;
    private final @Nullable GroupNorm norm;
    private final PixelMap q;
    private final PixelMap k;
    private final PixelMap v;
    private final PixelMap projection;

    /** @param groups of the norm before it; 0 for none */
    PixelAttention(Weights weights, DdpmUnetConfig config, int width, int groups) {
        this.path = weights.path();
        this.heads = config.headWidth() == 0 ? 1 : width / config.headWidth();
        this.norm = groups == 0 ? null : new GroupNorm(weights.at("norm"), width, groups, config.normEps());
        this.q = new PixelMap(weights.at("q"), width, width, Init.fanIn());
        this.k = new PixelMap(weights.at("k"), width, width, Init.fanIn());
        this.v = new PixelMap(weights.at("v"), width, width, Init.fanIn());
        this.projection = new PixelMap(weights.at("proj_out"), width, width, Init.ZEROS);
    }

    /** (B, C, H, W) → (B, C, H, W). */
    Tensor forward(Tensor x) {
        long height = x.size(2);
        long width = x.size(3);
        var tokens = Pixels.tokens(norm == null ? x : norm.forward(x)); // (B, H·W, C)
        var attended = Attention.attend(
                Attention.splitHeads(q.forward(tokens, height, width), heads),
                Attention.splitHeads(k.forward(tokens, height, width), heads),
                Attention.splitHeads(v.forward(tokens, height, width), heads),
                null,
                false,
                path);
        var out = projection.forward(Attention.mergeHeads(attended), height, width);
        return Trace.tap(path, Fresh.residual(x, Pixels.image(out, height, width)));
    }
}
