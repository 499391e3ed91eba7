package io.medley.train;

import io.medley.tensor.MedleyException;
import java.util.function.LongFunction;

/** Makes each batch when it is asked for, on the thread and in the scope of the step. */
final class ComputedBatches<B> implements Batches<B> {
    private final String identity;
    private final int samples;
    private final LongFunction<B> make;
    private long next;

    ComputedBatches(String identity, int samples, LongFunction<B> make) {
        this.identity = identity;
        this.samples = samples;
        this.make = make;
    }

    @Override
    public B next() {
        var batch = make.apply(next);
        next++;
        return batch;
    }

    @Override
    public int samples() {
        return samples;
    }

    @Override
    public String state() {
        return Long.toString(next);
    }

    @Override
    public void restore(String state) {
        next = parse(identity, state);
    }

    /** The number of a batch as a state holds it. */
    static long parse(String identity, String state) {
        try {
            return Long.parseLong(state);
        } catch (NumberFormatException e) {
            throw new MedleyException(
                    identity + ": '" + state + "' is not the number of a batch; the checkpoint is damaged", e);
        }
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public void close() {}
}
