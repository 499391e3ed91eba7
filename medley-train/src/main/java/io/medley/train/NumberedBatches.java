package io.medley.train;

import io.medley.tensor.MedleyException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongFunction;

/** Makes the next few batches on other threads while the current one is used; the order is that of the numbers, whatever the threads do. */
final class NumberedBatches<B> implements Batches<B> {
    private static final int AHEAD = 3;

    private final ExecutorService workers = Executors.newFixedThreadPool(AHEAD, task -> {
        var thread = new Thread(task, "batches");
        thread.setDaemon(true);
        return thread;
    });
    private final Deque<Future<B>> queue = new ArrayDeque<>();
    private final String identity;
    private final int samples;
    private final LongFunction<B> make;
    private long next;

    NumberedBatches(String identity, int samples, LongFunction<B> make) {
        this.identity = identity;
        this.samples = samples;
        this.make = make;
    }

    @Override
    public B next() {
        while (queue.size() < AHEAD) {
            long number = next + queue.size();
            queue.add(workers.submit(() -> make.apply(number)));
        }
        try {
            var batch = queue.remove().get();
            next++;
            return batch;
        } catch (InterruptedException | CancellationException e) {
            Thread.currentThread().interrupt();
            throw new MedleyException("interrupted while waiting for batch " + next, e);
        } catch (ExecutionException e) {
            // The worker's own exception is what happened; where it was waited for is of no interest.
            var cause = e.getCause() == null ? e : e.getCause();
            throw cause instanceof MedleyException known
                    ? known
                    : new MedleyException(identity + ": batch " + next + " cannot be made (" + cause + ")", cause);
        }
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
        next = ComputedBatches.parse(identity, state);
        queue.forEach(batch -> batch.cancel(true));
        queue.clear();
    }

    @Override
    public String identity() {
        return identity;
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
