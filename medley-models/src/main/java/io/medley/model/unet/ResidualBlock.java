package io.medley.model.unet;

import io.medley.nn.Convolution;
import io.medley.nn.Dropout;
import io.medley.nn.Fresh;
import io.medley.nn.GroupNorm;
import io.medley.nn.Init;
import io.medley.nn.Linear;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** Norm, SiLU, convolution, twice, around which the input passes unchanged or through a 1×1 convolution; time comes in between. */
final class ResidualBlock {
    private final String path;
    private final boolean scaleShift;
    private final GroupNorm norm1;
    private final Convolution conv1;
    private final Linear timeProjection;
    private final GroupNorm norm2;
    private final Dropout dropout;
    private final Convolution conv2;
    private final @Nullable Convolution shortcut;

    ResidualBlock(Weights weights, DdpmUnetConfig config, int in, int out) {
        this.path = weights.path();
        this.scaleShift = config.scaleShift();
        this.norm1 = new GroupNorm(weights.at("norm1"), in, config.groups(), config.normEps());
        this.conv1 = new Convolution(weights.at("conv1"), in, out, 3);
        this.timeProjection = new Linear(
                weights.at("temb_proj"), config.embeddingWidth(), scaleShift ? 2 * out : out, true, Init.fanIn());
        this.norm2 = new GroupNorm(weights.at("norm2"), out, config.groups(), config.normEps());
        this.dropout = config.dropout();
        // Starts as the identity, as in Ho's original; the last convolution before the sum is zero.
        this.conv2 = new Convolution(weights.at("conv2"), out, out, 3, 1, 1, Init.ZEROS);
        this.shortcut = in == out ? null : new Convolution(weights.at("nin_shortcut"), in, out, 1);
    }

    /**
     * @param x (B, in, H, W)
     * @param embedding SiLU of the time embedding, (B, E)
     * @return (B, out, H, W)
     */
    Tensor forward(Tensor x, Tensor embedding, @Nullable Generator generator) {
        var h = conv1.forward(norm1.silu(x)); // (B, out, H, W)
        var time = Trace.tap(path + ".temb_proj", timeProjection.forward(embedding))
                .unsqueeze(-1)
                .unsqueeze(-1); // (B, out or 2·out, 1, 1)
        if (scaleShift) {
            var scaleAndShift = time.chunk(2, 1);
            h = Fresh.silu(norm2.forward(h).mul(scaleAndShift[0].add(1)).add(scaleAndShift[1]));
        } else {
            h = norm2.silu(Fresh.residual(time, h));
        }
        h = Trace.tap(path + ".dropout", dropout.forward(h, generator));
        return Trace.tap(path, conv2.residual(shortcut == null ? x : shortcut.forward(x), h));
    }
}
