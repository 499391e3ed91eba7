package io.medley.model.vit;

import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/** Pixels → tokens. */
public interface Stem {
    /** (B, channels, S, S) → (B, (S/P)², C). */
    Tensor forward(Tensor pixels);

    /** The stem a configuration asks for. */
    static Stem create(Weights weights, VitConfig config) {
        return switch (config.stem()) {
            case PATCHES -> new PatchEmbed(weights, 3, config.patchSize(), config.width());
            case CONVOLUTIONS -> new ConvolutionStem(weights, config);
        };
    }
}
