package io.medley.model.dit;

import io.medley.model.vit.PatchEmbed;
import io.medley.nn.Init;
import io.medley.nn.Linear;
import io.medley.nn.SinusoidalEmbedding;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The diffusion transformer, under the names of {@code models.py} of facebookresearch/DiT; those of captions are ours.
 *
 * <p>B pictures, N patches, C width, T tokens of a caption.
 */
public final class Dit {
    private static final int WAVES = 256;
    private static final SinusoidalEmbedding TIME = SinusoidalEmbedding.dit(WAVES);

    /** What the network was told, ready for use in any number of steps: made by {@link #classes}, {@link #captions}, {@link #features} or {@link #nothing}. */
    public static final class Told {
        private final @Nullable Tensor signal; // (B, C)
        private final List<CaptionAttention.@Nullable Memory> memories; // one a block

        private Told(@Nullable Tensor signal, List<CaptionAttention.@Nullable Memory> memories) {
            this.signal = signal;
            this.memories = memories;
        }
    }

    private final DitConfig config;
    private final String path;
    private final PatchEmbed patches;
    private final Tensor positions; // (1, N, C), fixed
    private final Linear time0;
    private final Linear time2;
    private final @Nullable Tensor classTable; // (classes, C)
    private final @Nullable CaptionEncoder captionEncoder;
    private final @Nullable Linear featureProjection;
    private final @Nullable Linear captionSignal;
    private final List<DitBlock> blocks = new ArrayList<>();
    private final Linear modulation;
    private final Linear last;

    public Dit(Weights weights, DitConfig config) {
        this.config = config;
        this.path = weights.path().isEmpty() ? "" : weights.path() + ".";
        int width = config.width();
        this.patches = new PatchEmbed(weights.at("x_embedder"), config.inChannels(), config.patchSize(), width);
        this.positions = weights.buffer(
                "pos_embed",
                (generator, shape) -> GridWaves.of(config.grid(), width),
                1,
                (long) config.grid() * config.grid(),
                width);
        this.time0 = new Linear(weights.at("t_embedder.mlp.0"), WAVES, width);
        this.time2 = new Linear(weights.at("t_embedder.mlp.2"), width, width);
        this.classTable = config.condition() instanceof DitConfig.Classes c
                ? weights.at("y_embedder.embedding_table").parameter("weight", Init.normal(0.02), c.rows(), width)
                : null;
        this.captionEncoder = config.condition() instanceof DitConfig.Captions c
                ? new CaptionEncoder(weights.at("caption_encoder"), config, c)
                : null;
        this.featureProjection = config.condition() instanceof DitConfig.Features f
                ? new Linear(weights.at("feature_projection"), f.width(), width, true, Init.fanIn())
                : null;
        this.captionSignal = config.readsText() ? new Linear(weights.at("caption_signal"), width, width) : null;
        for (int i = 0; i < config.depth(); i++) {
            blocks.add(new DitBlock(weights.at("blocks." + i), config));
        }
        this.modulation = new Linear(weights.at("final_layer.adaLN_modulation.1"), width, 2 * width, true, Init.ZEROS);
        int patch = config.patchSize();
        this.last = new Linear(
                weights.at("final_layer.linear"), width, patch * patch * config.outChannels(), true, Init.ZEROS);
    }

    public DitConfig config() {
        return config;
    }

    /** For a network that is told nothing. */
    public Told nothing() {
        require(config.condition() instanceof DitConfig.None, "it must be told a class or a caption for each picture");
        return new Told(null, Arrays.asList(new CaptionAttention.Memory[blocks.size()]));
    }

    /** @param classes (B) int64; the number of classes itself where nothing shall be said */
    public Told classes(Tensor classes) {
        if (classTable == null) {
            throw new MedleyException("diffusion transformer: it knows no classes");
        }
        return new Told(classTable.embedding(classes), Arrays.asList(new CaptionAttention.Memory[blocks.size()]));
    }

    /** @param ids (B, T) int64, padded to the configured length */
    public Told captions(Tensor ids) {
        if (captionEncoder == null) {
            throw new MedleyException("diffusion transformer: it reads no captions itself");
        }
        return text(captionEncoder.forward(ids));
    }

    /** @param features (B, T, W), what another network made of a caption; 0 at its padding */
    public Told features(Tensor features) {
        if (featureProjection == null) {
            throw new MedleyException("diffusion transformer: it takes no text features");
        }
        return text(featureProjection.forward(features));
    }

    /** @param caption (B, T, C) */
    private Told text(Tensor caption) {
        var memories = new ArrayList<CaptionAttention.@Nullable Memory>();
        for (var block : blocks) {
            memories.add(block.memory(caption));
        }
        return new Told(Objects.requireNonNull(captionSignal).forward(caption.mean(1, false)), memories);
    }

    /**
     * What the network makes of noisy pictures.
     *
     * @param x (B, inChannels, S, S), S the configured image size
     * @param times (B), 0 to about 1000 as the original's
     * @return (B, outChannels, S, S)
     * @throws MedleyException when shapes do not fit
     */
    public Tensor forward(Tensor x, Tensor times, Told told) {
        check(x, times);
        var signal = time2.forward(time0.forward(TIME.of(times)).silu()); // (B, C)
        if (told.signal != null) {
            signal = signal.add(told.signal);
        }
        signal = Trace.tap(path + "signal", signal).silu();
        var h = Trace.tap(path + "x_embedder", patches.forward(x)).add(positions); // (B, N, C)
        for (int i = 0; i < blocks.size(); i++) {
            h = blocks.get(i).forward(h, signal, told.memories.get(i));
        }
        var parts = modulation.forward(signal).unsqueeze(1).chunk(2, -1); // each (B, 1, C)
        return picture(last.forward(DitBlock.modulate(h, parts[0], parts[1])));
    }

    private void check(Tensor x, Tensor times) {
        var shape = x.shape();
        int side = config.imageSize();
        require(
                shape.length == 4 && shape[1] == config.inChannels() && shape[2] == side && shape[3] == side,
                "expected pictures (B, " + config.inChannels() + ", " + side + ", " + side + "), got "
                        + Arrays.toString(shape));
        require(
                times.dim() == 1 && times.size(0) == shape[0],
                "expected " + shape[0] + " times, one a picture, got " + Arrays.toString(times.shape()));
    }

    /** (B, N, P·P·channels) → (B, channels, S, S). */
    private Tensor picture(Tensor tokens) {
        long grid = config.grid();
        long patch = config.patchSize();
        long channels = config.outChannels();
        return tokens.reshape(tokens.size(0), grid, grid, patch, patch, channels)
                .permute(0, 5, 1, 3, 2, 4)
                .reshape(tokens.size(0), channels, config.imageSize(), config.imageSize());
    }

    private static void require(boolean ok, String problem) {
        if (!ok) {
            throw new MedleyException("diffusion transformer: " + problem);
        }
    }
}
