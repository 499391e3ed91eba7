package io.medley.diffusion.reference;

import io.medley.diffusion.Noise;
import io.medley.tensor.DType;
import io.medley.tensor.Tensor;

/** Draws that a reference stored, (N, …), handed out in order. Not thread-safe. */
final class StoredNoise implements Noise {
    private final Tensor draws;
    private int next;

    StoredNoise(Tensor draws) {
        this.draws = draws;
    }

    @Override
    public Tensor normal(long... shape) {
        return draws.select(0, next++).to(DType.FLOAT64);
    }
}
