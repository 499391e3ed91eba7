package io.medley.model.latent;

import io.medley.model.vit.VisionTransformer;
import io.medley.nn.Init;
import io.medley.nn.Linear;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import java.util.Objects;

/**
 * Picture → latent: a linear map of what a trained image encoder says of each patch, after one of its first blocks (what it looks like) and at
 * its end (what it is). The image encoder is not trained. Latents have deviation ½ in each channel, as pictures have, so that no diffusion
 * system needs other constants for them.
 *
 * <p>B batch, N = G·G patches, W width of the image encoder, D channels of the latent.
 */
public final class LatentEncoder {
    /** The standard deviation of every channel. */
    public static final double DEVIATION = 0.5;

    private static final double EPS = 1e-6;

    private final VisionTransformer vision;
    private final String early;
    private final LatentConfig config;
    private final Linear map;

    /**
     * @param vision whose patches are the latent's cells
     * @param early name of the block whose result is taken beside the last, as {@link Trace} knows it
     */
    public LatentEncoder(Weights weights, VisionTransformer vision, String early, LatentConfig config) {
        this.vision = vision;
        this.early = early;
        this.config = config;
        this.map = new Linear(weights.at("map"), 2 * vision.config().width(), config.channels(), true, Init.fanIn());
    }

    /**
     * What the image encoder says, without gradient.
     *
     * @param pixels (B, 3, S, S), as the encoder takes them
     * @return (B, N, 2·W): of the early block, then of the end
     */
    public Tensor features(Tensor pixels) {
        try (var off = NoGrad.open()) {
            return look(pixels);
        }
    }

    /** {@link #features} with gradient, by which a drawn picture can be brought to look like another one. */
    public Tensor look(Tensor pixels) {
        try (var trace = Trace.of(early::equals)) {
            var end = vision.forward(pixels); // (B, 1 + N, W)
            var both = Tensor.cat(-1, trace.get(early).layerNorm(EPS), end);
            return both.narrow(1, 1, both.size(1) - 1);
        }
    }

    /** (B, N, 2·W) → (B, N, D), of {@link #DEVIATION} over these very pictures, as the map is trained. */
    public Tensor standardised(Tensor features) {
        var z = map.forward(features);
        return z.sub(mean(z)).mul(DEVIATION).div(deviation(z));
    }

    /** Makes the map itself standardise: from now on {@link #forward} does what {@link #standardised} does to these pictures. */
    public void settle(Tensor features) {
        try (var off = NoGrad.open()) {
            var z = map.forward(features);
            var scale = deviation(z).reshape(-1); // (D)
            var bias = Objects.requireNonNull(map.bias());
            bias.copy_(bias.sub(mean(z).reshape(-1)).mul(DEVIATION).div(scale));
            map.weight().copy_(map.weight().mul(DEVIATION).div(scale.unsqueeze(1)));
        }
    }

    /** (1, 1, D). */
    private static Tensor mean(Tensor z) {
        return z.mean(1, true).mean(0, true);
    }

    /** (1, 1, D). */
    private static Tensor deviation(Tensor z) {
        return mean(z.sub(mean(z)).pow(2)).add(EPS).sqrt();
    }

    /** (B, N, 2·W) → (B, D, G, G). */
    public Tensor forward(Tensor features) {
        return grid(map.forward(features), config);
    }

    /** (B, N, D) → (B, D, G, G). */
    public static Tensor grid(Tensor cells, LatentConfig config) {
        return cells.transpose(1, 2).reshape(cells.size(0), config.channels(), config.grid(), config.grid());
    }
}
