package io.medley.decode;

import io.medley.tensor.Tensor;
import java.util.List;

/** Chooses the next token of each sample of a batch. */
interface TokenChooser {
    /**
     * One choice per sample.
     *
     * @param logits (R, V)
     * @param penalties one per row
     * @param rows per sample, the row it continues
     * @param streams per sample, its randomness
     */
    List<Choice> choose(Tensor logits, List<Penalties> penalties, int[] rows, List<RandomStream> streams);
}
