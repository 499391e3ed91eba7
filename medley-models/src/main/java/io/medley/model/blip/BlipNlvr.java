package io.medley.model.blip;

import io.medley.model.med.PairEncoder;
import io.medley.model.vit.VisionTransformer;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Is a sentence true of two images? {@code BLIP_NLVR} of {@code models/blip_nlvr.py}.
 *
 * <p>B pairs, N image tokens, T text tokens, C text width. Texts start with [ENC].
 */
public final class BlipNlvr {
    private final BlipConfig config;
    private final VisionTransformer vision;
    private final PairEncoder text;
    private final Linear hidden;
    private final Linear output;

    public BlipNlvr(Weights weights, BlipConfig config) {
        this.config = config;
        this.vision = new VisionTransformer(weights.at("visual_encoder"), config.vision());
        this.text = new PairEncoder(weights.at("text_encoder"), config.imageText());
        int width = config.text().width();
        this.hidden = new Linear(weights.at("cls_head.0"), width, width);
        this.output = new Linear(weights.at("cls_head.2"), width, 2);
    }

    public BlipConfig config() {
        return config;
    }

    public VisionTransformer vision() {
        return vision;
    }

    /**
     * Texts that look at their two images, each (B, N, W).
     *
     * @param ids (B, T) int64
     * @param mask (B, T), ones where there is text
     * @return (B, T, C)
     */
    public Tensor states(Tensor image0, Tensor image1, Tensor ids, @Nullable Tensor mask) {
        return text.encode(ids, mask, image0, image1);
    }

    /** (B, T, C) → (B, 2) logits: false, true. */
    public Tensor classify(Tensor states) {
        return output.forward(hidden.forward(states.select(1, 0)).relu());
    }

    /** Logits (B, 2): false, true. The training loss is their cross-entropy. */
    public Tensor logits(Tensor image0, Tensor image1, Tensor ids, @Nullable Tensor mask) {
        return classify(states(image0, image1, ids, mask));
    }
}
