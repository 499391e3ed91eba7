package io.medley.diffusion;

import io.medley.tensor.Tensor;

/** A numerical method that carries states along a grid of times. Implementations are immutable; what they remember lives in the {@link Run}. */
public interface Stepper {

    /** Begins an integration over the whole of a grid. */
    Run begin(Denoiser denoiser, double[] grid, Noise noise);

    /** One integration. */
    @FunctionalInterface
    interface Run {
        /** The state at {@code grid[i + 1]} from the one at {@code grid[i]}, both (B, …) float64; called for i = 0, 1, … in order. */
        Tensor step(Tensor x, int i);
    }
}
