package io.medley.decode;

import io.medley.tensor.Tensor;

/**
 * The state of one batch of continuations of a causal model: its caches inside, one row per hypothesis. It starts with one row per context
 * (image, question, …), in context order. {@link Decoder} drives it: {@link #advance} with the prompt, then alternately {@link #select} and
 * {@code advance} with one token a row.
 *
 * <p>What is computed from a context alone (cross-attention keys and values) is best kept once per context and shared by its rows, which is
 * why rows of one context always stay adjacent. Not thread-safe; whoever made it closes it.
 */
public interface DecoderState extends AutoCloseable {
    /** The number of rows now. */
    int rows();

    /** The number V of logits per row. */
    int vocabularySize();

    /**
     * Appends {@code tokens[r]} to row r, for every row the same number of them (but see {@link ContinuousState}): the prompt at first, then
     * one each.
     *
     * <p>Caches must survive whatever {@code Scope} the caller has open to the next call; the result belongs to the caller, who closes it.
     *
     * @return the logits after the last of them, (rows, V) float32
     */
    Tensor advance(long[][] tokens);

    /**
     * Rearranges the rows: new row i continues old row {@code rows[i]}. Rows left out are dropped (a context may lose all of its rows),
     * repeats are copies. The new rows of one context are adjacent, and contexts keep their order.
     */
    void select(int[] rows);

    /** Frees the caches. */
    @Override
    void close();
}
