package io.medley.model.med;

import io.medley.tensor.MedleyException;

/**
 * Sizes of a MED text transformer.
 *
 * @param vocabularySize tokens V, with [DEC] and [ENC]
 * @param width hidden width C
 * @param layers number of layers
 * @param heads attention heads; must divide the width
 * @param mlpWidth hidden width of the feed-forward part
 * @param maxPositions longest text in tokens
 * @param encoderWidth width of what cross-attention looks at
 * @param layerNormEps epsilon of the layer norms (1e-12 in BERT)
 */
public record MedConfig(
        int vocabularySize,
        int width,
        int layers,
        int heads,
        int mlpWidth,
        int maxPositions,
        int encoderWidth,
        double layerNormEps) {
    private static final int MOST_LAYERS = 512;

    public MedConfig {
        require(
                vocabularySize > 0 && layers > 0 && mlpWidth > 0 && maxPositions > 0 && encoderWidth > 0,
                "sizes must be positive");
        require(
                heads > 0 && width > 0 && width % heads == 0,
                "width " + width + " is not a positive multiple of " + heads + " heads");
        require(layers <= MOST_LAYERS, layers + " layers are too many, at most " + MOST_LAYERS + " are built");
        require(layerNormEps > 0, "layer norm epsilon " + layerNormEps + " must be positive");
    }

    /** BERT base with BLIP's two extra tokens, looking at tokens of the given width. */
    public static MedConfig base(int encoderWidth) {
        return new MedConfig(30524, 768, 12, 12, 3072, 512, encoderWidth, 1e-12);
    }

    /** The same network looking at something of another width. */
    public MedConfig withEncoderWidth(int newEncoderWidth) {
        return new MedConfig(
                vocabularySize, width, layers, heads, mlpWidth, maxPositions, newEncoderWidth, layerNormEps);
    }

    private static void require(boolean ok, String problem) {
        if (!ok) {
            throw new MedleyException(
                    "text transformer configuration: " + problem + "; correct it in the configuration file");
        }
    }
}
