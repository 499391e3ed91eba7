package io.medley.recipe;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.LongFunction;
import java.util.function.Supplier;

/** Makes the next few items on other threads while the current one is used; the order is that of the numbers, whatever the threads do. */
final class Prefetch<T> implements Supplier<T>, AutoCloseable {
    private static final int AHEAD = 3;

    private final ExecutorService workers = Executors.newFixedThreadPool(AHEAD, task -> {
        var thread = new Thread(task, "prefetch");
        thread.setDaemon(true);
        return thread;
    });
    private final Deque<Future<T>> queue = new ArrayDeque<>();
    private final LongFunction<T> make;
    private long next;

    Prefetch(LongFunction<T> make) {
        this.make = make;
    }

    @Override
    public T get() {
        while (queue.size() < AHEAD) {
            long number = next++;
            queue.add(workers.submit(() -> make.apply(number)));
        }
        try {
            return queue.remove().get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while waiting for the next batch", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the next batch could not be made: " + e.getMessage(), e);
        }
    }

    @Override
    public void close() {
        workers.shutdownNow();
    }
}
