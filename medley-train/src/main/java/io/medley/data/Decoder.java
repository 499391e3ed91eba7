package io.medley.data;

/**
 * Makes of a sample what goes into a batch: decodes, transforms, tokenizes. Called on worker threads; makes no tensors.
 *
 * @param <T> what a row holds
 * @param <R> an item of a batch
 */
@FunctionalInterface
public interface Decoder<T, R> {
    /**
     * Decodes one.
     *
     * @param seed for whatever is random about it: depends on the loader's seed, the data set, the epoch and the row only
     * @throws RuntimeException if the sample is of no use; it is then counted, reported and left out
     */
    R decode(T sample, long seed);
}
