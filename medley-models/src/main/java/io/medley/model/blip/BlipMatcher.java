package io.medley.model.blip;

import io.medley.model.med.CrossMemory;
import io.medley.model.med.MedEncoder;
import io.medley.model.vit.VisionTransformer;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Do image and text belong together? {@code BLIP_ITM} of {@code models/blip_itm.py}, which is also the frozen half of retrieval and
 * pre-training: a contrastive cosine (ITC) from either alone, a match classifier (ITM) from both at once.
 *
 * <p>B texts, I images, N image tokens, T text tokens, E embedding width. What stands first in a text that looks at the image, [ENC] or
 * [CLS], is the caller's choice; salesforce's own ITM model was left at [CLS] by mistake, everything else uses [ENC].
 */
public final class BlipMatcher {
    private final BlipConfig config;
    private final VisionTransformer vision;
    private final MedEncoder text;
    private final Linear visionProjection;
    private final Linear textProjection;
    private final Linear itmHead;

    public BlipMatcher(Weights weights, BlipConfig config) {
        this.config = config;
        this.vision = new VisionTransformer(weights.at("visual_encoder"), config.vision());
        this.text = new MedEncoder(weights.at("text_encoder"), config.imageText());
        this.visionProjection =
                new Linear(weights.at("vision_proj"), config.vision().width(), config.embedDim());
        this.textProjection = new Linear(weights.at("text_proj"), config.text().width(), config.embedDim());
        this.itmHead = new Linear(weights.at("itm_head"), config.text().width(), 2);
    }

    public BlipConfig config() {
        return config;
    }

    public VisionTransformer vision() {
        return vision;
    }

    public MedEncoder text() {
        return text;
    }

    public Linear visionProjection() {
        return visionProjection;
    }

    public Linear textProjection() {
        return textProjection;
    }

    /** Unit vectors of images for the contrastive comparison: (I, N, C) → (I, E). */
    public Tensor imageFeatures(Tensor imageEmbeds) {
        return visionProjection.forward(imageEmbeds.select(1, 0)).normalize(-1);
    }

    /** Unit vectors of texts: ids (B, T) starting with [CLS], mask (B, T) → (B, E). */
    public Tensor textFeatures(Tensor ids, @Nullable Tensor mask) {
        return textProjection.forward(text.encodeFirst(ids, mask, null)).normalize(-1);
    }

    /** What texts will look at: the keys and values of images (I, N, C). */
    public CrossMemory memory(Tensor imageEmbeds) {
        return text.memory(imageEmbeds, null);
    }

    /**
     * Match classifier.
     *
     * @param ids (B, T) int64; the texts of one image stand together, equally many for each image of {@code memory}
     * @param mask (B, T), ones where there is text
     * @return (B, 2) logits: no match, match
     */
    public Tensor itmLogits(Tensor ids, @Nullable Tensor mask, CrossMemory memory) {
        return itmHead.forward(text.encodeFirst(ids, mask, memory));
    }
}
