package io.medley.loss;

import io.medley.tensor.DType;
import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;

/** Draws, for every row of a batch, a wrong partner: likelier the more it resembles a right one. All rows in one call. */
@FunctionalInterface
public interface HardNegatives {
    /**
     * One position per row.
     *
     * @param weights (B, N) non-negative, zero where the partner is right
     * @return (B) int64
     */
    Tensor draw(Tensor weights);

    /**
     * The own rows' part of what one process with the rows of all would draw: every process draws for all rows, so that a run comes out the
     * same however many processes share its batch. Their generators must be in the same state.
     *
     * @param weights (B, N) of this process
     * @return (B) int64
     */
    default Tensor draw(Tensor weights, Gather world) {
        long rows = weights.size(0);
        return draw(world.values(weights)).narrow(0, world.offset(rows), rows);
    }

    /** Draws in proportion to the weights. */
    static HardNegatives random(Generator generator) {
        return generator::multinomial;
    }

    /** Draws among all wrong partners alike: negatives that are not hard, to compare with. */
    static HardNegatives uniform(Generator generator) {
        return weights -> generator.multinomial(weights.gt(0).to(DType.FLOAT32));
    }

    /** Takes the largest weight; deterministic, for comparison with references. */
    static HardNegatives hardest() {
        return weights -> weights.argmax(-1);
    }
}
