package io.medley.model.dit;

import io.medley.tensor.MedleyException;
import tools.jackson.databind.JsonNode;

/**
 * Sizes of a diffusion transformer.
 *
 * @param imageSize side of the square picture in pixels (or of a latent, in its cells)
 * @param patchSize side of a patch; must divide the image size
 * @param inChannels channels of the noisy picture
 * @param outChannels channels of the result; twice as many where variances are learnt as well
 * @param width embedding width C, a multiple of 4
 * @param depth number of blocks
 * @param heads attention heads; must divide the width
 * @param mlpWidth hidden width of the MLPs
 * @param condition what it is told besides the time
 */
public record DitConfig(
        int imageSize,
        int patchSize,
        int inChannels,
        int outChannels,
        int width,
        int depth,
        int heads,
        int mlpWidth,
        Condition condition) {
    private static final int LARGEST = 1 << 15;
    private static final int MOST_BLOCKS = 512;

    /** What the network is told. */
    public sealed interface Condition permits None, Classes, Captions, Features {}

    /** Nothing. */
    public record None() implements Condition {}

    /**
     * A class.
     *
     * @param count how many there are
     * @param unknown whether there is one more, number {@code count}, that says nothing: for classifier-free guidance
     */
    public record Classes(int count, boolean unknown) implements Condition {
        public Classes {
            require(count > 0 && count < 1 << 24, count + " classes; give 1 or more");
        }

        /** Rows of the table of classes. */
        int rows() {
            return unknown ? count + 1 : count;
        }
    }

    /**
     * A caption.
     *
     * @param vocabulary number of tokens
     * @param length tokens of every caption, padding included
     * @param depth blocks of the text encoder
     */
    public record Captions(int vocabulary, int length, int depth) implements Condition {
        public Captions {
            require(
                    vocabulary > 0 && vocabulary < 1 << 24 && length > 0 && length <= 4096,
                    "vocabulary " + vocabulary + " and caption length " + length + " must be positive");
            require(depth >= 0 && depth <= MOST_BLOCKS, depth + " text blocks; give 0 to " + MOST_BLOCKS);
        }
    }

    /**
     * A caption that another network has read.
     *
     * @param width of its tokens
     */
    public record Features(int width) implements Condition {
        public Features {
            require(width > 0 && width <= LARGEST, "the width " + width + " of text features must be positive");
        }
    }

    /** Whether the network is told a text in whatever form. */
    public boolean readsText() {
        return condition instanceof Captions || condition instanceof Features;
    }

    public DitConfig {
        require(
                patchSize > 0 && imageSize >= patchSize && imageSize <= LARGEST && imageSize % patchSize == 0,
                "image size " + imageSize + " is not a positive multiple of patch size " + patchSize);
        require(
                heads > 0 && width > 0 && width <= LARGEST && width % heads == 0 && width % 4 == 0,
                "width " + width + " is not a positive multiple of 4 and of " + heads + " heads");
        require(
                depth > 0 && depth <= MOST_BLOCKS && mlpWidth > 0 && mlpWidth <= 8 * LARGEST,
                "depth " + depth + " and MLP width " + mlpWidth + " must be positive, the depth at most "
                        + MOST_BLOCKS);
        require(
                inChannels > 0 && inChannels <= LARGEST && outChannels > 0 && outChannels <= LARGEST,
                "channels in " + inChannels + " and out " + outChannels + " must be positive");
    }

    /** The constructor's arguments of facebookresearch/DiT: input_size, patch_size, in_channels, hidden_size, depth, num_heads, … */
    public static DitConfig read(JsonNode json) {
        int channels = json.path("in_channels").asInt(4);
        int width = json.path("hidden_size").asInt(1152);
        return new DitConfig(
                json.path("input_size").asInt(32),
                json.path("patch_size").asInt(2),
                channels,
                json.path("learn_sigma").asBoolean(true) ? 2 * channels : channels,
                width,
                json.path("depth").asInt(28),
                json.path("num_heads").asInt(16),
                (int) (width * json.path("mlp_ratio").asDouble(4)),
                new Classes(
                        json.path("num_classes").asInt(1000),
                        json.path("class_dropout_prob").asDouble(0.1) > 0));
    }

    /** Patches along one side. */
    public int grid() {
        return imageSize / patchSize;
    }

    private static void require(boolean ok, String problem) {
        if (!ok) {
            throw new MedleyException(
                    "diffusion transformer configuration: " + problem + "; correct it in the configuration file");
        }
    }
}
