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
            case CONVOLUTIONS -> convolutions(weights, config.patchSize(), config.width());
        };
    }

    /** Strided convolutions; the patch size is a power of two. */
    static Stem convolutions(Weights weights, int patchSize, int width) {
        return new ConvolutionStem(weights, patchSize, width);
    }
}
