package io.medley.model.blip;

import io.medley.model.med.MedEncoder;
import io.medley.model.vit.VisionTransformer;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Image and text → one of a fixed number of categories: {@code BlipClassification} of LAVIS ({@code lavis/models/blip_models}), without its
 * momentum copy. Where there is no text, the empty one ([ENC] [SEP]) does: its state has seen the image.
 *
 * <p>B pairs, N image tokens, T text tokens, C text width. Texts start with [ENC].
 */
public final class BlipClassifier {
    private final BlipConfig config;
    private final VisionTransformer vision;
    private final MedEncoder text;
    private final Linear hidden;
    private final Linear output;

    /** @param categories at least 2 */
    public BlipClassifier(Weights weights, BlipConfig config, int categories) {
        this.config = config;
        this.vision = new VisionTransformer(weights.at("visual_encoder"), config.vision());
        this.text = new MedEncoder(weights.at("text_encoder"), config.imageText());
        int width = config.text().width();
        this.hidden = new Linear(weights.at("cls_head.0"), width, width);
        this.output = new Linear(weights.at("cls_head.2"), width, categories);
    }

    public BlipConfig config() {
        return config;
    }

    public VisionTransformer vision() {
        return vision;
    }

    /**
     * Scores of the categories; the training loss is their cross-entropy.
     *
     * @param imageEmbeds (B, N, C)
     * @param ids (B, T) int64
     * @param mask (B, T), ones where there is text; null when nothing is padded
     * @return (B, categories) logits
     */
    public Tensor logits(Tensor imageEmbeds, Tensor ids, @Nullable Tensor mask) {
        var states = text.encode(ids, mask, text.memory(imageEmbeds, null)).select(1, 0); // (B, C)
        return output.forward(hidden.forward(states).relu());
    }
}
