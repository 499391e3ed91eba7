package io.medley.model.vit;

import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/** Pixels → tokens. */
interface Stem {
    /** (B, 3, S, S) → (B, (S/P)², C). */
    Tensor forward(Tensor pixels);

    static Stem create(Weights weights, VitConfig config) {
        return switch (config.stem()) {
            case PATCHES -> new PatchEmbed(weights, config);
            case CONVOLUTIONS -> new ConvolutionStem(weights, config);
        };
    }
}
