package io.medley.model.blip;

import io.medley.loss.MomentumPair;
import io.medley.model.med.MedEncoder;
import io.medley.model.vit.VisionTransformer;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/** The slowly following copies of a matcher's encoders and projections, which make the targets of ITC. */
final class MomentumEncoders {
    private final VisionTransformer vision;
    private final MedEncoder text;
    private final Linear visionProjection;
    private final Linear textProjection;
    private final MomentumPair pair;

    /** Call after the online parts were made from the same weights. */
    MomentumEncoders(Weights weights, BlipConfig config) {
        int embedDim = config.embedDim();
        this.vision = new VisionTransformer(weights.at("visual_encoder_m").frozen(), config.vision());
        this.text = new MedEncoder(weights.at("text_encoder_m").frozen(), config.imageText());
        this.visionProjection =
                new Linear(weights.at("vision_proj_m").frozen(), config.vision().width(), embedDim);
        this.textProjection =
                new Linear(weights.at("text_proj_m").frozen(), config.text().width(), embedDim);
        this.pair = new MomentumPair(weights, MomentumEncoders::nameOfCopy);
    }

    /** Makes the copies equal to the online networks. */
    void copy() {
        pair.copy();
    }

    void update(double momentum) {
        pair.update(momentum);
    }

    /** (B, 3, S, S) → (B, E), unit vectors. */
    Tensor imageFeatures(Tensor pixels) {
        return visionProjection.forward(vision.forward(pixels).select(1, 0)).normalize(-1);
    }

    /** Ids (B, T) → (B, E), unit vectors. */
    Tensor textFeatures(Tensor ids, Tensor mask) {
        return textProjection.forward(text.encodeFirst(ids, mask, null)).normalize(-1);
    }

    /** {@code visual_encoder.x} → {@code visual_encoder_m.x}; names without a copy give names that do not exist. */
    private static String nameOfCopy(String name) {
        int dot = name.indexOf('.');
        return dot < 0 ? name : name.substring(0, dot) + "_m" + name.substring(dot);
    }
}
