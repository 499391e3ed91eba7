package io.medley.model.unet;

import io.medley.model.unet.ResamplingConvolution.Resampling;
import io.medley.nn.Attention;
import io.medley.nn.Fresh;
import io.medley.nn.GroupNorm;
import io.medley.nn.Init;
import io.medley.nn.Linear;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** EDM's {@code UNetBlock}: a residual block that may resample, and attention over pixels behind it. */
final class EdmBlock {
    /** Attention behind the residual block. */
    private record Attending(GroupNorm norm, PixelMap qkv, PixelMap projection, int heads) {}

    private final String path;
    private final EdmUnetConfig config;
    private final int inChannels;
    private final GroupNorm norm0;
    private final ResamplingConvolution conv0;
    private final Linear affine;
    private final GroupNorm norm1;
    private final ResamplingConvolution conv1;
    private final @Nullable ResamplingConvolution skip;
    private final @Nullable Attending attending;

    EdmBlock(Weights weights, EdmUnetConfig config, int in, int out, Resampling resampling, boolean attention) {
        boolean song = config.kind() == EdmUnetConfig.Kind.SONG;
        this.path = weights.path();
        this.config = config;
        this.inChannels = in;
        this.norm0 = norm(weights.at("norm0"), in, eps());
        this.conv0 =
                new ResamplingConvolution(weights.at("conv0"), in, out, 3, resampling, config.filter(), Init.fanIn());
        // Song's adds to the picture; ADM's scales and shifts it.
        this.affine =
                new Linear(weights.at("affine"), config.embeddingWidth(), song ? out : 2 * out, true, Init.fanIn());
        this.norm1 = norm(weights.at("norm1"), out, eps());
        this.conv1 = new ResamplingConvolution(
                weights.at("conv1"), out, out, 3, Resampling.NONE, config.filter(), Init.ZEROS);
        boolean resamples = resampling != Resampling.NONE;
        int skipKernel = in != out || song && resamples ? 1 : 0;
        this.skip = in != out || resamples
                ? new ResamplingConvolution(
                        weights.at("skip"), in, out, skipKernel, resampling, config.filter(), Init.fanIn())
                : null;
        int heads = attention ? config.heads(out) : 0;
        this.attending = heads == 0
                ? null
                : new Attending(
                        norm(weights.at("norm2"), out, eps()),
                        new PixelMap(weights.at("qkv"), out, 3 * out, Init.fanIn()),
                        new PixelMap(weights.at("proj"), out, out, Init.ZEROS),
                        heads);
    }

    static GroupNorm norm(Weights weights, int width, double eps) {
        return new GroupNorm(weights, width, EdmUnetConfig.groups(width), eps);
    }

    private double eps() {
        return config.kind() == EdmUnetConfig.Kind.SONG ? 1e-6 : 1e-5;
    }

    int inChannels() {
        return inChannels;
    }

    /**
     * @param x (B, in, H, W)
     * @param embedding (B, E)
     * @return (B, out, H', W')
     */
    Tensor forward(Tensor x, Tensor embedding, @Nullable Generator generator) {
        boolean song = config.kind() == EdmUnetConfig.Kind.SONG;
        var h = conv0.forward(norm0.silu(x)); // (B, out, H', W')
        var noise = Trace.tap(path + ".affine", affine.forward(embedding))
                .unsqueeze(-1)
                .unsqueeze(-1);
        if (song) {
            h = norm1.silu(Fresh.residual(noise, h));
        } else {
            var scaleAndShift = noise.chunk(2, 1);
            h = Fresh.silu(norm1.forward(h).mul(scaleAndShift[0].add(1)).add(scaleAndShift[1]));
        }
        h = conv1.forward(config.dropout().forward(h, generator));
        h = balanced(Fresh.residual(skip == null ? x : skip.forward(x), h));
        if (attending != null) {
            h = balanced(Fresh.residual(h, attend(attending, h)));
        }
        return Trace.tap(path, h);
    }

    private Tensor attend(Attending attending, Tensor x) {
        long height = x.size(2);
        long width = x.size(3);
        long channels = x.size(1);
        int heads = attending.heads;
        var qkv = attending
                .qkv
                .forward(
                        Pixels.tokens(attending.norm.forward(x)),
                        height,
                        width) // (B, H·W, 3·C): q, k, v of a channel adjoin
                .reshape(x.size(0), height * width, heads, channels / heads, 3)
                .permute(4, 0, 2, 1, 3)
                .contiguous(); // (3, B, heads, H·W, D)
        var out = Attention.attend(qkv.select(0, 0), qkv.select(0, 1), qkv.select(0, 2), null, false, path);
        return Pixels.image(attending.projection.forward(Attention.mergeHeads(out), height, width), height, width);
    }

    /** Song's keep the variance of a sum of two. */
    private Tensor balanced(Tensor sum) {
        return config.kind() == EdmUnetConfig.Kind.SONG ? sum.mul(Math.sqrt(0.5)) : sum;
    }
}
