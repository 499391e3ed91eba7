package io.medley.nn;

import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;

/**
 * Numbers such as a time step as sines and cosines of {@code width/2} frequencies, which fall geometrically from 1 towards 1/{@code period}
 * (Vaswani et al., 2017). The codes of the field differ in two details, and are not interchangeable.
 *
 * @param width of the result, even
 * @param period the slowest wave's, over 2π: 10000
 * @param last how far the last frequency stays before 1/period, in steps: 0 when it reaches it (DDPM), 1 when it does not (EDM, DiT)
 * @param cosineFirst whether cosines precede sines
 */
public record SinusoidalEmbedding(int width, double period, double last, boolean cosineFirst) {
    public SinusoidalEmbedding {
        if (width < 4 || width % 2 != 0) {
            throw new MedleyException("time embedding: width " + width + " must be even and at least 4");
        }
        if (!(last >= 0 && last <= 1)) {
            throw new MedleyException("time embedding: the last frequency's distance " + last + " must be 0 to 1");
        }
    }

    /** As DDPM and ddim: sines first, frequencies 10000^(−i/(width/2 − 1)). */
    public static SinusoidalEmbedding ddpm(int width) {
        return new SinusoidalEmbedding(width, 10_000, 0, false);
    }

    /** As DiT and guided diffusion: cosines first, frequencies 10000^(−i/(width/2)). */
    public static SinusoidalEmbedding dit(int width) {
        return new SinusoidalEmbedding(width, 10_000, 1, true);
    }

    /** (B) → (B, width), float32. */
    public Tensor of(Tensor values) {
        int half = width / 2;
        var steps = Tensor.arange(half).to(DType.FLOAT32);
        var frequencies = steps.mul(-Math.log(period) / (half - 1 + last)).exp(); // (width/2)
        var angles = values.to(DType.FLOAT32).unsqueeze(1).mul(frequencies); // (B, width/2)
        return cosineFirst ? Tensor.cat(1, angles.cos(), angles.sin()) : Tensor.cat(1, angles.sin(), angles.cos());
    }
}
