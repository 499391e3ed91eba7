package io.medley.model.blip;

import io.medley.model.med.MedDecoder;
import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/**
 * What is left of {@link BlipPretraining} when training is over: the matcher and the captioner, which share the image encoder and what
 * {@link BlipConfig#sharing} says of the text transformer, and the learned temperature. The names are those of {@code BLIP_Pretrain} without momentum copies and
 * queues.
 */
public final class BlipPretrained {
    private final Tensor temperature;
    private final BlipMatcher matcher;
    private final BlipCaptioner captioner;

    public BlipPretrained(Weights weights, BlipConfig config) {
        this.temperature = weights.parameter("temp", Init.constant(0.07));
        this.matcher = new BlipMatcher(weights, config);
        var decoder = new MedDecoder(weights.at("text_decoder"), matcher.text(), config.sharing());
        this.captioner = new BlipCaptioner(config, matcher.vision(), decoder);
    }

    /** What cosines are divided by in the contrastive loss, clamped as there to 0.001 … 0.5; a scalar. */
    public Tensor temperature() {
        return temperature.clamp(0.001, 0.5);
    }

    public BlipMatcher matcher() {
        return matcher;
    }

    public BlipCaptioner captioner() {
        return captioner;
    }
}
