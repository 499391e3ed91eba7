package io.medley.model.unet;

import io.medley.model.unet.EdmUnetConfig.Decoder;
import io.medley.model.unet.EdmUnetConfig.Kind;
import io.medley.model.unet.EdmUnetConfig.NoiseEmbedding;
import io.medley.model.unet.ResamplingConvolution.Resampling;
import io.medley.nn.Fresh;
import io.medley.nn.GroupNorm;
import io.medley.nn.Init;
import io.medley.nn.Linear;
import io.medley.nn.SinusoidalEmbedding;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Shapes;
import io.medley.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The U-Nets of "Elucidating the Design Space of Diffusion-Based Generative Models" (Karras et al., 2022), under the names of
 * {@code training/networks.py} of NVlabs/edm: {@code SongUNet} (DDPM++ and NCSN++) and {@code DhariwalUNet} (ADM). The preconditioning around
 * them is none of their business.
 */
public final class EdmUnet implements Unet {
    /** One step of the way down or up. */
    private sealed interface Step permits Convolve, Residual, AuxDown, AuxSkip, AuxResidual, AuxUp, AuxOut {}

    private record Convolve(ResamplingConvolution convolution) implements Step {}

    private record Residual(EdmBlock block) implements Step {}

    /** The picture made smaller. */
    private record AuxDown(ResamplingConvolution resample) implements Step {}

    /** The smaller picture joins the way down. */
    private record AuxSkip(ResamplingConvolution convolution) implements Step {}

    /** The same in one, passing on the sum. */
    private record AuxResidual(ResamplingConvolution convolution) implements Step {}

    /** The picture so far made larger. */
    private record AuxUp(ResamplingConvolution resample) implements Step {}

    /** A level's picture joins those so far. */
    private record AuxOut(GroupNorm norm, ResamplingConvolution convolution) implements Step {}

    private final EdmUnetConfig config;
    private final String path;
    private final @Nullable Tensor frequencies; // (noise width / 2)
    private final @Nullable Linear mapLabel;
    private final @Nullable Linear mapAugment;
    private final Linear map0;
    private final Linear map1;
    private final List<Step> down = new ArrayList<>();
    private final List<Step> up = new ArrayList<>();

    public EdmUnet(Weights weights, EdmUnetConfig config) {
        this.config = config;
        this.path = weights.path().isEmpty() ? "" : weights.path() + ".";
        boolean song = config.kind() == Kind.SONG;
        int noise = song ? config.channels() * config.noiseMultiplier() : config.channels();
        int embedding = config.embeddingWidth();
        this.frequencies = song && config.noiseEmbedding() == NoiseEmbedding.FOURIER
                ? weights.at("map_noise").buffer("freqs", Init.normal(16), noise / 2)
                : null;
        this.mapLabel = config.labelDim() == 0
                ? null
                : new Linear(weights.at("map_label"), config.labelDim(), song ? noise : embedding, song, Init.fanIn());
        this.mapAugment = config.augmentDim() == 0
                ? null
                : new Linear(weights.at("map_augment"), config.augmentDim(), noise, false, Init.ZEROS);
        this.map0 = new Linear(weights.at("map_layer0"), noise, embedding, true, Init.fanIn());
        this.map1 = new Linear(weights.at("map_layer1"), embedding, embedding, true, Init.fanIn());
        Deque<Integer> skips = new ArrayDeque<>();
        int width = buildDown(weights.at("enc"), skips);
        width = buildUp(weights.at("dec"), width, skips);
        if (!song) {
            up.add(new AuxOut(
                    EdmBlock.norm(weights.at("out_norm"), width, 1e-5),
                    convolution(weights.at("out_conv"), width, config.outChannels(), 3, Resampling.NONE, Init.ZEROS)));
        }
    }

    private int buildDown(Weights weights, Deque<Integer> skips) {
        int width = config.inChannels();
        int auxiliary = config.inChannels();
        for (int level = 0; level < config.levels(); level++) {
            int side = config.resolution() >> level;
            var name = side + "x" + side + "_";
            int next = config.channels() * config.multipliers().get(level);
            if (level == 0) {
                int first = config.kind() == Kind.SONG ? config.channels() : next;
                down.add(new Convolve(
                        convolution(weights.at(name + "conv"), width, first, 3, Resampling.NONE, Init.fanIn())));
                width = first;
            } else {
                down.add(new Residual(
                        new EdmBlock(weights.at(name + "down"), config, width, width, Resampling.DOWN, false)));
            }
            skips.push(width);
            if (level > 0) {
                auxiliary = buildAuxiliary(weights, name, auxiliary, width);
            }
            for (int i = 0; i < config.blocks(); i++) {
                down.add(new Residual(new EdmBlock(
                        weights.at(name + "block" + i), config, width, next, Resampling.NONE, attends(side))));
                width = next;
                skips.push(width);
            }
        }
        return width;
    }

    /** Returns the channels of what is passed on. */
    private int buildAuxiliary(Weights weights, String name, int auxiliary, int width) {
        switch (config.encoder()) {
            case STANDARD -> {}
            case SKIP -> {
                down.add(new AuxDown(convolution(
                        weights.at(name + "aux_down"), auxiliary, auxiliary, 0, Resampling.DOWN, Init.ZEROS)));
                down.add(new AuxSkip(convolution(
                        weights.at(name + "aux_skip"), auxiliary, width, 1, Resampling.NONE, Init.fanIn())));
            }
            case RESIDUAL -> {
                down.add(new AuxResidual(convolution(
                        weights.at(name + "aux_residual"), auxiliary, width, 3, Resampling.DOWN_AFTER, Init.fanIn())));
                return width;
            }
        }
        return auxiliary;
    }

    private int buildUp(Weights weights, int coarsest, Deque<Integer> skips) {
        int width = coarsest;
        int last = config.levels() - 1;
        for (int level = last; level >= 0; level--) {
            int side = config.resolution() >> level;
            var name = side + "x" + side + "_";
            if (level == last) {
                up.add(new Residual(
                        new EdmBlock(weights.at(name + "in0"), config, width, width, Resampling.NONE, true)));
                up.add(new Residual(
                        new EdmBlock(weights.at(name + "in1"), config, width, width, Resampling.NONE, false)));
            } else {
                up.add(new Residual(new EdmBlock(weights.at(name + "up"), config, width, width, Resampling.UP, false)));
            }
            int next = config.channels() * config.multipliers().get(level);
            for (int i = 0; i <= config.blocks(); i++) {
                // Song's attend once a level on the way up, ADM's in every block.
                boolean attends = attends(side) && (config.kind() == Kind.ADM || i == config.blocks());
                up.add(new Residual(new EdmBlock(
                        weights.at(name + "block" + i), config, width + skips.pop(), next, Resampling.NONE, attends)));
                width = next;
            }
            if (config.kind() == Kind.SONG && (level == 0 || config.decoder() == Decoder.SKIP)) {
                buildPicture(weights, name, width, level < last);
            }
        }
        return width;
    }

    private void buildPicture(Weights weights, String name, int width, boolean enlarges) {
        int out = config.outChannels();
        if (config.decoder() == Decoder.SKIP && enlarges) {
            up.add(new AuxUp(convolution(weights.at(name + "aux_up"), out, out, 0, Resampling.UP, Init.ZEROS)));
        }
        up.add(new AuxOut(
                EdmBlock.norm(weights.at(name + "aux_norm"), width, 1e-6),
                convolution(weights.at(name + "aux_conv"), width, out, 3, Resampling.NONE, Init.ZEROS)));
    }

    private ResamplingConvolution convolution(
            Weights weights, int in, int out, int kernel, Resampling resampling, Init init) {
        return new ResamplingConvolution(weights, in, out, kernel, resampling, config.filter(), init);
    }

    private boolean attends(int side) {
        return config.attentionResolutions().contains(side);
    }

    @Override
    public EdmUnetConfig config() {
        return config;
    }

    /** Without classes, augmentation and dropout; see {@link #forward(Tensor, Tensor, Tensor, Tensor, Generator)}. */
    @Override
    public Tensor forward(Tensor x, Tensor noise) {
        return forward(x, noise, null, null, null);
    }

    /**
     * What the network makes of noisy pictures.
     *
     * @param x (B, inChannels, H, W), the sides multiples of {@link EdmUnetConfig#factor}
     * @param noise (B), how noisy each is, in the preconditioning's own units
     * @param labels (B, labelDim); null for none, which means zeros
     * @param augmentation (B, augmentDim); null for none
     * @param generator for dropout while training; null otherwise
     * @return (B, outChannels, H, W)
     * @throws MedleyException when shapes do not fit
     */
    public Tensor forward(
            Tensor x,
            Tensor noise,
            @Nullable Tensor labels,
            @Nullable Tensor augmentation,
            @Nullable Generator generator) {
        Pixels.check("U-Net", x, config.inChannels(), config.factor(), noise);
        var embedding = embed(noise, labels, augmentation); // (B, E)
        var picture = Pixels.laidOut(x);
        Deque<Tensor> skips = new ArrayDeque<>();
        var h = picture;
        var auxiliary = picture;
        for (var step : down) {
            if (step instanceof Convolve s) {
                h = s.convolution.forward(h);
                skips.push(h);
            } else if (step instanceof Residual s) {
                h = s.block.forward(h, embedding, generator);
                skips.push(h);
            } else if (step instanceof AuxDown s) {
                auxiliary = s.resample.forward(auxiliary);
            } else if (step instanceof AuxSkip s) {
                h = replaceLast(skips, h.add(s.convolution.forward(auxiliary)));
            } else if (step instanceof AuxResidual s) {
                h = replaceLast(skips, h.add(s.convolution.forward(auxiliary)).mul(Math.sqrt(0.5)));
                auxiliary = h;
            }
        }
        return ascend(h, skips, embedding, generator);
    }

    private static Tensor replaceLast(Deque<Tensor> skips, Tensor value) {
        skips.pop();
        skips.push(value);
        return value;
    }

    private Tensor ascend(Tensor coarsest, Deque<Tensor> skips, Tensor embedding, @Nullable Generator generator) {
        var h = coarsest;
        Tensor result = null;
        for (var step : up) {
            if (step instanceof Residual s) {
                if (h.size(1) != s.block.inChannels()) {
                    h = Tensor.cat(1, h, skips.pop());
                }
                h = s.block.forward(h, embedding, generator);
            } else if (step instanceof AuxUp s && result != null) {
                result = s.resample.forward(result);
            } else if (step instanceof AuxOut s) {
                var part = s.convolution.forward(s.norm.silu(h)); // (B, outChannels, H, W)
                result = result == null ? part : result.add(part);
            }
        }
        if (result == null) {
            throw new IllegalStateException("EdmUnet: built without a last layer");
        }
        return result;
    }

    /** (B) → (B, E). */
    private Tensor embed(Tensor noise, @Nullable Tensor labels, @Nullable Tensor augmentation) {
        boolean song = config.kind() == Kind.SONG;
        var embedding = waves(noise); // (B, noise width)
        if (mapLabel == null && labels != null || mapAugment == null && augmentation != null) {
            throw new MedleyException("U-Net: it knows no "
                    + (mapLabel == null && labels != null ? "classes" : "augmentation") + "; give none");
        }
        if (labels != null) {
            Shapes.check("EdmUnet labels", labels, noise.size(0), config.labelDim());
        }
        if (song && mapLabel != null) {
            // Without labels the original maps zeros, of which the bias is left.
            var given = labels == null ? Tensor.zeros(noise.size(0), config.labelDim()) : labels;
            embedding = embedding.add(
                    Trace.tap(path + "map_label", mapLabel.forward(given.mul(Math.sqrt(config.labelDim())))));
        }
        if (mapAugment != null && augmentation != null) {
            Shapes.check("EdmUnet augmentation", augmentation, noise.size(0), config.augmentDim());
            embedding = embedding.add(Trace.tap(path + "map_augment", mapAugment.forward(augmentation)));
        }
        embedding = Fresh.silu(Trace.tap(path + "map_layer0", map0.forward(embedding)));
        embedding = Trace.tap(path + "map_layer1", map1.forward(embedding));
        if (!song && mapLabel != null && labels != null) {
            embedding = embedding.add(Trace.tap(path + "map_label", mapLabel.forward(labels)));
        }
        return Fresh.silu(embedding);
    }

    private Tensor waves(Tensor noise) {
        int width = map0.inFeatures();
        if (config.kind() == Kind.ADM) {
            return SinusoidalEmbedding.dit(width).of(noise);
        }
        if (frequencies == null) {
            return SinusoidalEmbedding.ddpm(width).of(noise);
        }
        var angles = noise.unsqueeze(1).mul(frequencies.mul(2 * Math.PI)); // (B, noise width / 2)
        return Tensor.cat(1, angles.sin(), angles.cos());
    }
}
