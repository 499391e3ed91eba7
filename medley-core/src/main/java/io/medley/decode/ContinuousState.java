package io.medley.decode;

/**
 * A {@link DecoderState} whose rows have lengths of their own, so that contexts can come while others are under way. It starts without rows.
 *
 * <p>Differences: {@link #advance} takes the prompt of each row that has just entered and one token for every other; {@link #select} may drop
 * all rows.
 *
 * @param <C> what a context is to the model, such as an image's keys and values
 */
public interface ContinuousState<C> extends DecoderState {
    /** Adds a row for another context behind the others. What is needed of the context is copied. */
    void enter(C context);
}
