package io.medley.model.unet;

import io.medley.nn.Convolution;
import io.medley.nn.Fresh;
import io.medley.nn.GroupNorm;
import io.medley.nn.Init;
import io.medley.nn.Linear;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The U-Net of "Denoising Diffusion Probabilistic Models" (Ho et al., 2020), under the names of {@code models/diffusion.py} of
 * ermongroup/ddim; with other options it is {@code UNet2DModel} of diffusers.
 *
 * <p>B pictures, H × W pixels, E width of the time embedding.
 */
public final class DdpmUnet implements Unet {
    /** One resolution: residual blocks, each perhaps followed by attention; then the way to the next resolution, which the last lacks. */
    private record Level(
            List<ResidualBlock> blocks,
            List<PixelAttention> attention,
            @Nullable String path,
            @Nullable Convolution resample) {
        Tensor attend(int block, Tensor x) {
            return attention.isEmpty() ? x : attention.get(block).forward(x);
        }
    }

    private final DdpmUnetConfig config;
    private final String path;
    private final Linear time0;
    private final Linear time1;
    private final @Nullable Tensor classTable; // (classes, E)
    private final Convolution convIn;
    private final List<Level> down = new ArrayList<>();
    private final ResidualBlock middle1;
    private final PixelAttention middleAttention;
    private final ResidualBlock middle2;
    private final List<Level> up = new ArrayList<>();
    private final GroupNorm normOut;
    private final Convolution convOut;

    public DdpmUnet(Weights weights, DdpmUnetConfig config) {
        this.config = config;
        this.path = weights.path().isEmpty() ? "" : weights.path() + ".";
        int embedding = config.embeddingWidth();
        this.time0 = new Linear(weights.at("temb.dense.0"), config.channels(), embedding, true, Init.fanIn());
        this.time1 = new Linear(weights.at("temb.dense.1"), embedding, embedding, true, Init.fanIn());
        this.classTable = config.classes() == 0
                ? null
                : weights.at("class_embedding").parameter("weight", Init.normal(1), config.classes(), embedding);
        this.convIn = new Convolution(weights.at("conv_in"), config.inChannels(), config.channels(), 3);
        Deque<Integer> skips = new ArrayDeque<>();
        skips.push(config.channels());
        int width = config.channels();
        for (int level = 0; level < config.levels(); level++) {
            width = addDown(weights.at("down." + level), level, width, skips);
        }
        this.middle1 = new ResidualBlock(weights.at("mid.block_1"), config, width, width);
        this.middleAttention = new PixelAttention(weights.at("mid.attn_1"), config, width, config.middleGroups());
        this.middle2 = new ResidualBlock(weights.at("mid.block_2"), config, width, width);
        for (int level = config.levels() - 1; level >= 0; level--) {
            width = addUp(weights.at("up." + level), level, width, skips);
        }
        this.normOut = new GroupNorm(weights.at("norm_out"), width, config.groups(), config.normEps());
        this.convOut = new Convolution(weights.at("conv_out"), width, config.outChannels(), 3, 1, 1, Init.ZEROS);
        if (path.isEmpty()) {
            weights.ignorable("logvar"); // ddim's "bayesian" type keeps one, and never uses it
        }
    }

    private int addDown(Weights weights, int level, int in, Deque<Integer> skips) {
        int out = config.widths().get(level);
        var blocks = new ArrayList<ResidualBlock>();
        var attention = new ArrayList<PixelAttention>();
        for (int i = 0; i < config.residualBlocks(); i++) {
            blocks.add(new ResidualBlock(weights.at("block." + i), config, i == 0 ? in : out, out));
            if (config.attention().get(level)) {
                attention.add(new PixelAttention(weights.at("attn." + i), config, out, config.groups()));
            }
            skips.push(out);
        }
        boolean last = level == config.levels() - 1;
        var resample = weights.at("downsample");
        if (!last) {
            skips.push(out);
        }
        down.add(new Level(blocks, attention, last ? null : resample.path(), last ? null : downsample(resample, out)));
        return out;
    }

    private @Nullable Convolution downsample(Weights weights, int width) {
        return switch (config.downsampling()) {
            case CONVOLUTION_RIGHT_BOTTOM -> new Convolution(weights.at("conv"), width, width, 3, 2, 0, Init.fanIn());
            case CONVOLUTION -> new Convolution(weights.at("conv"), width, width, 3, 2, 1, Init.fanIn());
            case AVERAGE -> null;
        };
    }

    private int addUp(Weights weights, int level, int in, Deque<Integer> skips) {
        int out = config.widths().get(level);
        var blocks = new ArrayList<ResidualBlock>();
        var attention = new ArrayList<PixelAttention>();
        for (int i = 0; i <= config.residualBlocks(); i++) {
            blocks.add(new ResidualBlock(weights.at("block." + i), config, (i == 0 ? in : out) + skips.pop(), out));
            if (config.attention().get(level)) {
                attention.add(new PixelAttention(weights.at("attn." + i), config, out, config.groups()));
            }
        }
        var resample = weights.at("upsample");
        boolean convolves = level > 0 && config.resampleWithConvolution();
        up.add(new Level(
                blocks,
                attention,
                level == 0 ? null : resample.path(),
                convolves ? new Convolution(resample.at("conv"), out, out, 3) : null));
        return out;
    }

    @Override
    public DdpmUnetConfig config() {
        return config;
    }

    /** Without classes, and without dropout; see {@link #forward(Tensor, Tensor, Tensor, Generator)}. */
    @Override
    public Tensor forward(Tensor x, Tensor times) {
        return forward(x, times, null, null);
    }

    /**
     * What the network makes of noisy pictures.
     *
     * @param x (B, inChannels, H, W), the sides multiples of {@link DdpmUnetConfig#factor}
     * @param times (B), DDPM's run from 0 to 999
     * @param classes (B) int64 where the network knows classes, else null
     * @param generator for dropout while training; null otherwise
     * @return (B, outChannels, H, W)
     * @throws MedleyException when shapes do not fit
     */
    public Tensor forward(Tensor x, Tensor times, @Nullable Tensor classes, @Nullable Generator generator) {
        Pixels.check("U-Net", x, config.inChannels(), config.factor(), times);
        var embedding = Fresh.silu(embed(times, classes)); // (B, E)
        var h = convIn.forward(Pixels.laidOut(x));
        Deque<Tensor> skips = new ArrayDeque<>();
        skips.push(h);
        for (var level : down) {
            for (int i = 0; i < level.blocks.size(); i++) {
                h = level.attend(i, level.blocks.get(i).forward(h, embedding, generator));
                skips.push(h);
            }
            if (level.path != null) {
                h = Trace.tap(level.path, shrink(h, level.resample));
                skips.push(h);
            }
        }
        h = middle1.forward(h, embedding, generator);
        h = middle2.forward(middleAttention.forward(h), embedding, generator);
        for (var level : up) {
            for (int i = 0; i < level.blocks.size(); i++) {
                h = Tensor.cat(1, h, skips.pop());
                h = level.attend(i, level.blocks.get(i).forward(h, embedding, generator));
            }
            if (level.path != null) {
                h = Pixels.doubled(h);
                h = Trace.tap(level.path, level.resample == null ? h : level.resample.forward(h));
            }
        }
        return convOut.forward(normOut.silu(h));
    }

    private Tensor shrink(Tensor x, @Nullable Convolution convolution) {
        if (convolution == null) {
            return x.averagePool2d(2);
        }
        boolean oneSided = config.downsampling() == DdpmUnetConfig.Downsampling.CONVOLUTION_RIGHT_BOTTOM;
        return convolution.forward(oneSided ? x.pad2d(0, 1, 0, 1) : x);
    }

    /** (B) → (B, E). */
    private Tensor embed(Tensor times, @Nullable Tensor classes) {
        if ((classTable == null) != (classes == null)) {
            throw new MedleyException(
                    classTable == null
                            ? "U-Net: it knows no classes; give none"
                            : "U-Net: it was trained with classes; give one a picture");
        }
        var waves = config.time().of(times); // (B, channels)
        var hidden = Fresh.silu(Trace.tap(path + "temb.dense.0", time0.forward(waves)));
        var embedding = Trace.tap(path + "temb.dense.1", time1.forward(hidden));
        return classTable == null || classes == null ? embedding : embedding.add(classTable.embedding(classes));
    }
}
