package io.medley.decode;

import io.medley.tensor.Tensor;

/**
 * The state of one batch of continuations: caches inside, one row per hypothesis. It starts with one row per context (image), in context
 * order.
 */
public interface DecoderState extends AutoCloseable {
    /** Hypotheses alive. */
    int rows();

    int vocabularySize();

    /**
     * Appends tokens.
     *
     * @param tokens tokens[r] goes to row r; all rows get the same number: the prompt at first, then one each
     * @return (rows, V) float32, the scores of the token after the last of them
     */
    Tensor advance(long[][] tokens);

    /**
     * New row i continues old row {@code rows[i]}: repeats are copies, rows left out are dropped. Rows of one context stay adjacent and
     * contexts keep their order.
     */
    void select(int[] rows);

    @Override
    void close();
}
