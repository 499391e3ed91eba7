package io.medley.loss;

import io.medley.tensor.Tensor;

/** Draws, for every row of a batch, a wrong partner: likelier the more it resembles a right one. */
@FunctionalInterface
public interface HardNegatives {
    /**
     * One position per row.
     *
     * @param weights (B, N) non-negative, zero where the partner is right
     * @return (B) int64
     */
    Tensor draw(Tensor weights);

    /** Draws in proportion to the weights, all rows in one call. */
    static HardNegatives random(io.medley.tensor.Generator generator) {
        return generator::multinomial;
    }

    /** Takes the largest weight; deterministic, for comparison with references. */
    static HardNegatives hardest() {
        return weights -> weights.argmax(-1);
    }
}
