package io.medley.train;

/**
 * What is learnt: a batch in, named losses out. All that the trainer knows of a model.
 *
 * @param <B> what a batch is
 */
@FunctionalInterface
public interface Objective<B> {
    /** The losses of a batch, with gradients. Called inside a {@link io.medley.tensor.Scope} that closes when the batch is done. */
    Losses losses(B batch, Step step);
}
