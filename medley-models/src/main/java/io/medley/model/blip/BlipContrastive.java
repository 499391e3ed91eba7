package io.medley.model.blip;

import io.medley.model.med.MedEncoder;
import io.medley.model.vit.VisionTransformer;
import io.medley.nn.Init;
import io.medley.nn.LayerNorm;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Two towers with CLIP's loss: Hugging Face's {@code BlipModel}, which is not in the original. Its image vector is normalised twice by the
 * encoder's last norm, its text vector goes through BERT's pooler.
 *
 * <p>B pairs, E embedding width.
 */
public final class BlipContrastive {
    private final VisionTransformer vision;
    private final LayerNorm lastNorm;
    private final MedEncoder text;
    private final Linear pooler;
    private final Linear visionProjection;
    private final Linear textProjection;
    private final Tensor logitScale;

    public BlipContrastive(Weights weights, BlipConfig config) {
        this.vision = new VisionTransformer(weights.at("visual_encoder"), config.vision());
        this.lastNorm = new LayerNorm(
                weights.at("visual_encoder.norm"),
                config.vision().width(),
                config.vision().layerNormEps());
        this.text = new MedEncoder(weights.at("text_encoder"), config.imageText());
        int width = config.text().width();
        this.pooler = new Linear(weights.at("text_encoder.pooler.dense"), width, width);
        this.visionProjection = new Linear(
                weights.at("vision_proj"), config.vision().width(), config.embedDim(), false, Init.normal(0.02));
        this.textProjection = new Linear(weights.at("text_proj"), width, config.embedDim(), false, Init.normal(0.02));
        this.logitScale = weights.parameter("logit_scale", Init.constant(2.6592));
    }

    /** Pixels (B, 3, S, S) → (B, E), unit vectors. */
    public Tensor imageFeatures(Tensor pixels) {
        var pooled = lastNorm.forward(vision.forward(pixels).select(1, 0));
        return visionProjection.forward(pooled).normalize(-1);
    }

    /** Ids (B, T) → (B, E), unit vectors. */
    public Tensor textFeatures(Tensor ids, @Nullable Tensor mask) {
        var pooled = pooler.forward(text.encodeFirst(ids, mask, null)).tanh();
        return textProjection.forward(pooled).normalize(-1);
    }

    /** (texts, images): cosines times the learnt scale. */
    public Tensor logitsPerText(Tensor imageFeatures, Tensor textFeatures) {
        return textFeatures.matmul(imageFeatures.transpose(0, 1)).mul(logitScale.exp());
    }

    /** Cross-entropy of both directions, averaged; pair i belongs together. */
    public Tensor loss(Tensor logitsPerText) {
        var right = Tensor.arange(logitsPerText.size(0));
        return logitsPerText
                .crossEntropy(right, -100, 0)
                .mean()
                .add(logitsPerText.transpose(0, 1).crossEntropy(right, -100, 0).mean())
                .div(2);
    }
}
