package io.medley.model.unet;

import io.medley.nn.Dropout;
import io.medley.tensor.MedleyException;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.JsonNode;

/**
 * Sizes and options of EDM's U-Nets, as the constructors of {@code SongUNet} and {@code DhariwalUNet} take them.
 *
 * @param kind which of the two
 * @param resolution side of the pictures; says at which levels there is attention
 * @param inChannels channels of the noisy picture
 * @param outChannels channels of the result
 * @param labelDim length of a class vector (one-hot, or anything), 0 for none
 * @param augmentDim length of a vector that describes the augmentation, 0 for none
 * @param channels width the others are multiples of
 * @param multipliers width of each level, the finest first
 * @param embeddingMultiplier width of the embedding
 * @param blocks residual blocks of a level on the way down; one more on the way up
 * @param attentionResolutions sides at which blocks attend over pixels
 * @param dropout within residual blocks
 * @param noiseEmbedding how the noise level becomes numbers
 * @param noiseMultiplier width of these numbers
 * @param encoder what the way down gets besides
 * @param decoder what the way up gives besides
 * @param filter weights of the blur around resampling, in one dimension
 */
public record EdmUnetConfig(
        Kind kind,
        int resolution,
        int inChannels,
        int outChannels,
        int labelDim,
        int augmentDim,
        int channels,
        List<Integer> multipliers,
        int embeddingMultiplier,
        int blocks,
        List<Integer> attentionResolutions,
        Dropout dropout,
        NoiseEmbedding noiseEmbedding,
        int noiseMultiplier,
        Encoder encoder,
        Decoder decoder,
        List<Integer> filter)
        implements UnetConfig {
    private static final int WIDEST = 1 << 15;
    private static final int MOST_LEVELS = 12;
    private static final int MOST_BLOCKS = 64;

    /** The two networks. */
    public enum Kind {
        /** {@code SongUNet}: DDPM++ and NCSN++ of "Score-Based Generative Modeling through Stochastic Differential Equations" (2021). */
        SONG,
        /** {@code DhariwalUNet}: ADM of "Diffusion Models Beat GANs on Image Synthesis" (2021). */
        ADM
    }

    /** How the noise level becomes numbers. */
    public enum NoiseEmbedding {
        /** Sines and cosines of fixed frequencies. */
        POSITIONAL,
        /** Of random frequencies, stored with the weights. */
        FOURIER
    }

    /** What the way down gets besides. */
    public enum Encoder {
        STANDARD,
        /** The picture, made smaller, is added at each level. */
        SKIP,
        /** The same through convolutions that pass on what they gave. */
        RESIDUAL
    }

    /** What the way up gives. */
    public enum Decoder {
        /** The last level's picture. */
        STANDARD,
        /** The sum of all levels' pictures, made larger. */
        SKIP
    }

    public EdmUnetConfig {
        multipliers = List.copyOf(multipliers);
        attentionResolutions = List.copyOf(attentionResolutions);
        filter = List.copyOf(filter);
        require(
                !multipliers.isEmpty() && multipliers.size() <= MOST_LEVELS,
                "channel_mult " + multipliers + "; give 1 to " + MOST_LEVELS + " levels");
        int factor = 1 << (multipliers.size() - 1);
        require(
                resolution > 0 && resolution <= 1 << 14 && resolution % factor == 0,
                "img_resolution " + resolution + " must be positive and a multiple of " + factor);
        require(
                inChannels > 0 && inChannels <= WIDEST && outChannels > 0 && outChannels <= WIDEST,
                "in_channels " + inChannels + " and out_channels " + outChannels + " must be 1 to " + WIDEST);
        require(
                labelDim >= 0 && labelDim <= 1 << 20 && augmentDim >= 0 && augmentDim <= WIDEST,
                "label_dim " + labelDim + " and augment_dim " + augmentDim + " must be 0 or more");
        require(
                channels >= 4 && channels % 4 == 0 && channels <= WIDEST,
                "model_channels " + channels + " must be a multiple of 4, up to " + WIDEST);
        for (int multiplier : multipliers) {
            checkWidth("channel_mult", channels, multiplier);
        }
        checkWidth("channel_mult_emb", channels, embeddingMultiplier);
        checkWidth("channel_mult_noise", channels, noiseMultiplier);
        require(blocks > 0 && blocks <= MOST_BLOCKS, "num_blocks " + blocks + "; give 1 to " + MOST_BLOCKS);
        require(
                filter.size() >= 2
                        && filter.size() <= 16
                        && filter.size() % 2 == 0
                        && filter.stream().mapToLong(Integer::longValue).sum() > 0,
                "resample_filter " + filter + "; give an even number of weights with a positive sum");
    }

    private static void checkWidth(String key, int channels, int multiplier) {
        require(
                multiplier > 0 && (long) channels * multiplier <= WIDEST,
                key + " " + multiplier + " of " + channels + " channels must give 1 to " + WIDEST);
        int width = channels * multiplier;
        require(
                width % groups(width) == 0,
                "width " + width + " is not a multiple of its " + groups(width) + " norm groups");
    }

    /** {@code GroupNorm}'s: at least 4 channels each, at most 32. */
    static int groups(int width) {
        return Math.min(32, width / 4);
    }

    /** Reads the constructor's arguments under their names; {@code class_name} or {@code class} tells which network. */
    public static EdmUnetConfig read(JsonNode json) {
        var name = json.path("class_name").asString(json.path("class").asString(""));
        boolean adm = name.endsWith("DhariwalUNet");
        require(adm || name.endsWith("SongUNet"), "class_name '" + name + "' is neither SongUNet nor DhariwalUNet");
        return new EdmUnetConfig(
                adm ? Kind.ADM : Kind.SONG,
                json.path("img_resolution").asInt(0),
                json.path("in_channels").asInt(0),
                json.path("out_channels").asInt(0),
                json.path("label_dim").asInt(0),
                json.path("augment_dim").asInt(0),
                json.path("model_channels").asInt(adm ? 192 : 128),
                list(json, "channel_mult", adm ? List.of(1, 2, 3, 4) : List.of(1, 2, 2, 2)),
                json.path("channel_mult_emb").asInt(4),
                json.path("num_blocks").asInt(adm ? 3 : 4),
                list(json, "attn_resolutions", adm ? List.of(32, 16, 8) : List.of(16)),
                new Dropout(json.path("dropout").asDouble(0.10)),
                choice(NoiseEmbedding.class, json, "embedding_type", NoiseEmbedding.POSITIONAL),
                json.path("channel_mult_noise").asInt(1),
                choice(Encoder.class, json, "encoder_type", Encoder.STANDARD),
                choice(Decoder.class, json, "decoder_type", Decoder.STANDARD),
                list(json, "resample_filter", List.of(1, 1)));
    }

    private static List<Integer> list(JsonNode json, String key, List<Integer> absent) {
        return json.has(key) ? DdimJson.integers(json.path(key), key) : absent;
    }

    private static <E extends Enum<E>> E choice(Class<E> type, JsonNode json, String key, E absent) {
        if (!json.has(key)) {
            return absent;
        }
        var text = json.path(key).asString("");
        for (var value : type.getEnumConstants()) {
            if (value.name().toLowerCase(Locale.ROOT).equals(text)) {
                return value;
            }
        }
        throw new MedleyException("U-Net configuration: " + key + " '" + text + "' is none of "
                + List.of(type.getEnumConstants()).toString().toLowerCase(Locale.ROOT));
    }

    /** Number of resolutions. */
    public int levels() {
        return multipliers.size();
    }

    @Override
    public int factor() {
        return 1 << (levels() - 1);
    }

    int embeddingWidth() {
        return channels * embeddingMultiplier;
    }

    /** Heads of attention at a width. ADM's have 64 channels each, so narrow layers have none, and do not attend. */
    int heads(int width) {
        return kind == Kind.SONG ? 1 : width / 64;
    }

    private static void require(boolean ok, String problem) {
        if (!ok) {
            throw new MedleyException("U-Net configuration: " + problem + "; correct it in the configuration file");
        }
    }
}
