package io.medley.model.blip;

import io.medley.model.med.MedEncoder;
import io.medley.model.vit.VisionTransformer;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * States of images, of texts, and of texts that look at an image, without any head: {@code BLIP_Base} of {@code models/blip.py}.
 *
 * <p>B pairs, N image tokens, T text tokens. Projected features (LAVIS' {@code extract_features}) are {@link BlipMatcher}'s.
 */
public final class BlipFeatureExtractor {
    private final VisionTransformer vision;
    private final MedEncoder text;

    public BlipFeatureExtractor(Weights weights, BlipConfig config) {
        this.vision = new VisionTransformer(weights.at("visual_encoder"), config.vision());
        this.text = new MedEncoder(weights.at("text_encoder"), config.imageText());
    }

    /** Pixels (B, 3, S, S) → (B, N, C). */
    public Tensor image(Tensor pixels) {
        return vision.forward(pixels);
    }

    /** Ids (B, T) starting with [CLS] → (B, T, C). */
    public Tensor text(Tensor ids, @Nullable Tensor mask) {
        return text.encode(ids, mask, null);
    }

    /** Ids (B, T) starting with [ENC], looking at image states (B, N, C) → (B, T, C). */
    public Tensor multimodal(Tensor imageEmbeds, Tensor ids, @Nullable Tensor mask) {
        return text.encode(ids, mask, text.memory(imageEmbeds, null));
    }
}
