package io.medley.model.vit;

import io.medley.tensor.MedleyException;
import tools.jackson.databind.JsonNode;

/**
 * Sizes of a vision transformer.
 *
 * @param imageSize side of the square input in pixels
 * @param patchSize side of a patch in pixels; must divide the image size
 * @param width embedding width C
 * @param depth number of blocks
 * @param heads attention heads; must divide the width
 * @param mlpWidth hidden width of the MLP
 * @param layerNormEps epsilon of the layer norms (1e-6 in timm and BLIP, 1e-5 in Hugging Face's BLIP configuration default)
 * @param stem how pixels become tokens
 */
public record VitConfig(
        int imageSize, int patchSize, int width, int depth, int heads, int mlpWidth, double layerNormEps, Stem stem) {
    private static final int MOST_BLOCKS = 512;

    /** How pixels become tokens. */
    public enum Stem {
        /** One linear map of each patch, as in the published models. */
        PATCHES,
        /**
         * A few strided convolutions (Xiao et al., "Early Convolutions Help Transformers See Better", 2021): the same tokens, learnt from
         * far fewer pictures. The patch size must be a power of two.
         */
        CONVOLUTIONS
    }

    public VitConfig {
        require(
                patchSize > 0 && imageSize >= patchSize && imageSize % patchSize == 0,
                "image size " + imageSize + " is not a positive multiple of patch size " + patchSize);
        require(
                heads > 0 && width > 0 && width % heads == 0,
                "width " + width + " is not a positive multiple of " + heads + " heads");
        require(
                depth > 0 && depth <= MOST_BLOCKS && mlpWidth > 0,
                "depth " + depth + " and MLP width " + mlpWidth + " must be positive, the depth at most "
                        + MOST_BLOCKS);
        require(layerNormEps > 0, "layer norm epsilon " + layerNormEps + " must be positive");
        require(
                stem == Stem.PATCHES || Integer.bitCount(patchSize) == 1 && patchSize > 1,
                "patch size " + patchSize + " is not a power of two, which the convolutional stem needs");
    }

    /** Sizes of a transformer whose tokens are patches. */
    public VitConfig(int imageSize, int patchSize, int width, int depth, int heads, int mlpWidth, double layerNormEps) {
        this(imageSize, patchSize, width, depth, heads, mlpWidth, layerNormEps, Stem.PATCHES);
    }

    /** The same sizes with another stem. */
    public VitConfig withStem(Stem other) {
        return new VitConfig(imageSize, patchSize, width, depth, heads, mlpWidth, layerNormEps, other);
    }

    /** ViT-B/16. */
    public static VitConfig base(int imageSize) {
        return new VitConfig(imageSize, 16, 768, 12, 12, 3072, 1e-6);
    }

    /** ViT-L/16. */
    public static VitConfig large(int imageSize) {
        return new VitConfig(imageSize, 16, 1024, 24, 16, 4096, 1e-6);
    }

    /** The arguments of timm's {@code VisionTransformer} as JSON: img_size, patch_size, embed_dim, depth, num_heads, mlp_ratio. */
    public static VitConfig timm(JsonNode json) {
        int width = json.path("embed_dim").asInt(768);
        return new VitConfig(
                json.path("img_size").asInt(224),
                json.path("patch_size").asInt(16),
                width,
                json.path("depth").asInt(12),
                json.path("num_heads").asInt(12),
                (int) Math.round(width * json.path("mlp_ratio").asDouble(4)),
                json.path("layer_norm_eps").asDouble(1e-6));
    }

    /** Patches along one side. */
    public int grid() {
        return imageSize / patchSize;
    }

    /** Tokens N the encoder gives: patches and the class token. */
    public int tokens() {
        return grid() * grid() + 1;
    }

    /** The same network for another image size. */
    public VitConfig withImageSize(int size) {
        return new VitConfig(size, patchSize, width, depth, heads, mlpWidth, layerNormEps, stem);
    }

    private static void require(boolean ok, String problem) {
        if (!ok) {
            throw new MedleyException(
                    "vision transformer configuration: " + problem + "; correct it in the configuration file");
        }
    }
}
