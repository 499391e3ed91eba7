package io.medley.recipe;

import io.medley.model.vit.VisionTransformer;
import io.medley.nn.Init;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;

/**
 * Representation alignment (Yu et al., 2025): the tokens in the middle of a network that sees a noisy picture shall tell what a trained image
 * encoder makes of the clean one. The head that translates is used in training only.
 *
 * <p>B pictures, N patches, C width of the network, W width of the encoder.
 */
final class FeatureAlignment {
    private final VisionTransformer encoder;
    private final Linear first;
    private final Linear second;

    /** @param encoder whose patches are the network's */
    FeatureAlignment(Weights head, VisionTransformer encoder, int width) {
        this.encoder = encoder;
        int wide = encoder.config().width();
        this.first = new Linear(head.at("0"), width, wide, true, Init.fanIn());
        this.second = new Linear(head.at("2"), wide, wide, true, Init.fanIn());
    }

    /**
     * 1 − cosine, mean over all patches.
     *
     * @param tokens (B, N, C)
     * @param pixels (B, 3, S, S), as the encoder takes them
     */
    Tensor loss(Tensor tokens, Tensor pixels) {
        var told = second.forward(first.forward(tokens).silu()).normalize(-1); // (B, N, W)
        return told.mul(patches(pixels)).sum(-1, false).mean().neg().add(1);
    }

    /** (B, N, W), unit vectors. */
    private Tensor patches(Tensor pixels) {
        try (var off = NoGrad.open()) {
            var all = encoder.forward(pixels); // (B, 1 + N, W)
            return all.narrow(1, 1, all.size(1) - 1).normalize(-1);
        }
    }
}
