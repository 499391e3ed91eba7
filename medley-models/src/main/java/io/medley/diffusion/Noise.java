package io.medley.diffusion;

import io.medley.tensor.Tensor;

/** Where samplers get their standard normal numbers, in the order they need them. */
@FunctionalInterface
public interface Noise {

    /** The next values of a shape (B, …), float64. */
    Tensor normal(long... shape);

    /** One stream per sample, so that sample k is the same in every batch and on every machine. */
    static Noise seeded(long seed, long firstSample) {
        return new SeededNoise(seed, firstSample);
    }

    /** For deterministic samplers: drawing is an error. */
    static Noise none() {
        return shape -> {
            throw new IllegalStateException("this sampler draws noise; give it a seeded source");
        };
    }
}
