package io.medley.train;

import io.medley.data.Loader;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongFunction;

/**
 * An endless stream of batches that knows where it stands, exactly: after {@link #restore} of what {@link #state} gave, the very next batch
 * comes.
 *
 * @param <B> what a batch is
 */
public interface Batches<B> extends AutoCloseable {
    /**
     * The next batch; tensors made here belong to the scope of the step.
     *
     * @throws io.medley.tensor.MedleyException when the data cannot be read, with a line that says which and what to do
     */
    B next();

    /** Samples in the batch that came last. */
    int samples();

    /** The position after the batch that came last, on one line. */
    String state();

    /** Goes to a position that {@link #state} gave. */
    void restore(String state);

    /** What the data are: a run continues only with the same. */
    String identity();

    @Override
    void close();

    /**
     * Batches that are a pure function of their number, made on other threads a few ahead.
     *
     * @param identity what the data are
     * @param samples samples in every batch
     * @param make batch number n, from 0; called from several threads, makes no tensors
     */
    static <B> Batches<B> numbered(String identity, int samples, LongFunction<B> make) {
        return new NumberedBatches<>(identity, samples, make);
    }

    /** The same, made when they are asked for, inside the scope of the step; they may be or hold tensors. */
    static <B> Batches<B> computed(String identity, int samples, LongFunction<B> make) {
        return new ComputedBatches<>(identity, samples, make);
    }

    /**
     * Batches of a loader without end ({@code epochs} 0), whose exact state is the position.
     *
     * @param collate items of a batch to the batch, inside the scope of the step
     */
    static <R, B> Batches<B> loaded(Loader<?, R> loader, Function<List<R>, B> collate) {
        return new LoadedBatches<>(loader, collate);
    }
}
