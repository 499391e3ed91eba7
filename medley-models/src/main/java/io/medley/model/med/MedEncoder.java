package io.medley.model.med;

import io.medley.nn.ActivationCheckpoint;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Shapes;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The text transformer: {@code BertModel} of {@code models/med.py} in salesforce/BLIP.
 *
 * <p>B texts, T tokens, C width, I images, S image tokens. Texts that look at images come grouped: B is a multiple of I, and the texts of
 * one image stand together.
 */
public final class MedEncoder {
    private final MedConfig config;
    final MedEmbeddings embeddings;
    final List<MedLayer> layers = new ArrayList<>();

    public MedEncoder(Weights weights, MedConfig config) {
        this.config = config;
        this.embeddings = new MedEmbeddings(weights.at("embeddings"), config);
        for (int i = 0; i < config.layers(); i++) {
            layers.add(new MedLayer(weights.at("encoder.layer." + i), config));
        }
    }

    /** A transformer of the same sizes as another one, which shares with it what {@code sharing} says. */
    public MedEncoder(Weights weights, MedEncoder shared, Sharing sharing) {
        this.config = shared.config;
        this.embeddings = sharing.rest()
                ? new MedEmbeddings(weights.at("embeddings"), shared.embeddings)
                : new MedEmbeddings(weights.at("embeddings"), config);
        for (int i = 0; i < config.layers(); i++) {
            layers.add(new MedLayer(weights.at("encoder.layer." + i), config, shared.layers.get(i), sharing));
        }
    }

    public MedConfig config() {
        return config;
    }

    /**
     * Keys and values of what the text will look at, for every layer.
     *
     * @param states (I, S, encoderWidth), for example image embeddings
     * @param mask (I, S) of ones and zeros, or null when everything may be seen
     */
    public CrossMemory memory(Tensor states, @Nullable Tensor mask) {
        Shapes.check("MedEncoder.memory", states, -1, -1, config.encoderWidth());
        return new CrossMemory(
                layers.stream().map(l -> l.crossAttention.project(states)).toList(), Masks.encoder(mask));
    }

    /** {@link #memory} of images laid out for generation, which reads all of it once per token. */
    public CrossMemory generationMemory(Tensor states) {
        Shapes.check("MedEncoder.generationMemory", states, -1, -1, config.encoderWidth());
        return new CrossMemory(
                layers.stream().map(l -> l.crossAttention.projectByHead(states)).toList(), null);
    }

    /** Whether {@link #memory} of both gives the same, because they share what looks at images. */
    public boolean sharesMemory(MedEncoder other) {
        for (int i = 0; i < layers.size(); i++) {
            if (i >= other.layers.size() || layers.get(i).crossAttention != other.layers.get(i).crossAttention) {
                return false;
            }
        }
        return layers.size() == other.layers.size();
    }

    /**
     * Every token sees every other (and the image, if there is one).
     *
     * @param ids (B, T) int64
     * @param mask (B, T) ones where there is text, zeros at padding; null when nothing is padded
     * @return (B, T, C)
     */
    public Tensor encode(Tensor ids, @Nullable Tensor mask, @Nullable CrossMemory memory) {
        return run(ids, Masks.text(mask), memory, layers.size());
    }

    /**
     * The first token's state of {@link #encode}, (B, C), for heads that read nothing else. The last layer then computes no other token, which
     * saves most of its work; while a {@link Trace} is open it computes them all, for who listens may want them.
     */
    public Tensor encodeFirst(Tensor ids, @Nullable Tensor mask, @Nullable CrossMemory memory) {
        if (Trace.isOpen()) {
            return encode(ids, mask, memory).select(1, 0);
        }
        var masks = Masks.text(mask);
        int last = layers.size() - 1;
        var x = run(ids, masks, memory, last);
        return layer(last, x, memory, (layer, text, seen, seenMask) -> layer.first(text, masks, seen, seenMask))
                .select(1, 0);
    }

    /** Every token sees itself and those before it (and the image); otherwise as {@link #encode}. */
    public Tensor decode(Tensor ids, @Nullable Tensor mask, @Nullable CrossMemory memory) {
        return run(ids, Masks.causal(mask, ids.size(1)), memory, layers.size());
    }

    private Tensor run(Tensor ids, @Nullable Tensor mask, @Nullable CrossMemory memory, int depth) {
        Shapes.check("MedEncoder", ids, -1, -1);
        if (ids.size(1) > config.maxPositions()) {
            throw new IllegalArgumentException("MedEncoder: " + ids.size(1) + " tokens, at most "
                    + config.maxPositions() + " fit; truncate the text");
        }
        var x = embeddings.forward(ids, 0); // (B, T, C)
        for (int i = 0; i < depth; i++) {
            x = layer(i, x, memory, (layer, text, seen, seenMask) -> layer.forward(text, mask, seen, seenMask));
        }
        return x;
    }

    /** One way through a layer; {@code seen} are the images' keys and values there, if there are images. */
    private interface Pass {
        Tensor through(MedLayer layer, Tensor x, MedAttention.@Nullable KeyValue seen, @Nullable Tensor seenMask);
    }

    private Tensor layer(int index, Tensor x, @Nullable CrossMemory memory, Pass pass) {
        var layer = layers.get(index);
        if (memory == null) {
            return ActivationCheckpoint.segment(x, text -> pass.through(layer, text, null, null));
        }
        var seen = memory.layers.get(index);
        return ActivationCheckpoint.segment(
                List.of(x, seen.keys(), seen.values()),
                in -> pass.through(layer, in.get(0), new MedAttention.KeyValue(in.get(1), in.get(2)), memory.mask));
    }
}
