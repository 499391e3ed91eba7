package io.medley.model.blip;

import io.medley.model.med.MedDecoder;
import io.medley.model.med.MedDecoderState;
import io.medley.model.vit.VisionTransformer;
import io.medley.nn.Weights;
import io.medley.tensor.DType;
import io.medley.tensor.Tensor;

/**
 * Images → captions: {@code BLIP_Decoder} of {@code models/blip.py}.
 *
 * <p>B images, N image tokens, T text tokens, V vocabulary. Texts start with [DEC].
 */
public final class BlipCaptioner {
    /** Label smoothing of the language-modelling loss. */
    public static final double SMOOTHING = 0.1;

    private final BlipConfig config;
    private final VisionTransformer vision;
    private final MedDecoder decoder;

    public BlipCaptioner(Weights weights, BlipConfig config) {
        this.config = config;
        this.vision = new VisionTransformer(weights.at("visual_encoder"), config.vision());
        this.decoder = new MedDecoder(weights.at("text_decoder"), config.imageText(), config.tiedHead());
    }

    /** Around parts that a bigger model owns. */
    BlipCaptioner(BlipConfig config, VisionTransformer vision, MedDecoder decoder) {
        this.config = config;
        this.vision = vision;
        this.decoder = decoder;
    }

    public BlipConfig config() {
        return config;
    }

    public VisionTransformer vision() {
        return vision;
    }

    public MedDecoder decoder() {
        return decoder;
    }

    /**
     * Scores of the next token at every position.
     *
     * @param imageEmbeds (B, N, C)
     * @param ids (B, T) int64, [DEC] first
     * @param mask (B, T), ones where there is text
     * @return (B, T, V), not shifted
     */
    public Tensor logits(Tensor imageEmbeds, Tensor ids, Tensor mask) {
        return decoder.logits(ids, mask, decoder.memory(imageEmbeds, null));
    }

    /**
     * The language-modelling loss of captions: mean over all tokens asked for, label smoothing 0.1.
     *
     * @param labels (B, T), see {@link BlipTokens#labels}; the original leaves out the prompt's tokens
     * @return a scalar
     */
    public Tensor loss(Tensor imageEmbeds, Tensor ids, Tensor mask, Tensor labels) {
        var losses = decoder.tokenLosses(logits(imageEmbeds, ids, mask), labels, SMOOTHING);
        var asked = labels.narrow(1, 1, labels.size(1) - 1)
                .ne(-100)
                .to(DType.FLOAT32)
                .sum();
        return losses.sum().div(asked);
    }

    /** A generation for images (B, N, C): their keys and values are computed here, once. */
    public MedDecoderState start(Tensor imageEmbeds, int maxLength) {
        return decoder.start(decoder.generationMemory(imageEmbeds), maxLength);
    }
}
