package io.medley.model.blip;

import io.medley.model.med.MedDecoder;
import io.medley.model.med.MedDecoderState;
import io.medley.model.vit.VisionTransformer;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/**
 * Images → captions: {@code BLIP_Decoder} of {@code models/blip.py}.
 *
 * <p>B images, N image tokens, T text tokens, V vocabulary. Texts start with [DEC].
 */
public final class BlipCaptioner {
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

    /** A generation for images (B, N, C): their keys and values are computed here, once. */
    public MedDecoderState start(Tensor imageEmbeds, int maxLength) {
        return decoder.start(decoder.memory(imageEmbeds, null), maxLength);
    }
}
