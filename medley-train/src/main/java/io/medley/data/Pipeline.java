package io.medley.data;

import io.medley.tensor.MedleyException;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.FutureTask;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** One thread goes through the sampler's rows, several decode them, and they come out in the sampler's order. */
final class Pipeline<T, R> implements AutoCloseable {
    /**
     * A place in the order: some draws after a saved state.
     *
     * @param sampler what {@link Sampler#state()} gave
     */
    record Position(ObjectNode sampler, int draws) {
        Position next() {
            return new Position(sampler, draws + 1);
        }
    }

    /**
     * A row that is being decoded.
     *
     * @param position before this row
     */
    record Pending<R>(Position position, Future<Row<R>> row) {}

    private final Sampler<T> sampler;
    private final Decoder<T, R> decoder;
    private final LoaderOptions options;
    private final ExecutorService workers;
    private final BlockingQueue<Pending<R>> queue;
    private final ByteBudget budget;
    private final Thread reader;
    private volatile boolean closed;
    private @Nullable Pending<R> end;

    Pipeline(Sampler<T> sampler, Position from, Decoder<T, R> decoder, LoaderOptions options) {
        this.sampler = sampler;
        this.decoder = decoder;
        this.options = options;
        this.queue = new ArrayBlockingQueue<>(
                Math.toIntExact(Math.min(1 << 20, (long) options.aheadBatches() * options.batchSize())));
        this.budget = new ByteBudget(options.maxBytes());
        this.workers = Executors.newFixedThreadPool(options.workers(), task -> daemon(task, "medley-decode"));
        this.reader = daemon(() -> readAll(from), "medley-read");
        reader.start();
    }

    /**
     * The next row in order, null at the end; waits for it.
     *
     * @throws MedleyException if the data cannot be read further
     */
    @Nullable
    Pending<R> take() {
        if (end == null) {
            try {
                Pending<R> next = queue.take();
                if (get(next) != null) {
                    return next;
                }
                end = next;
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new MedleyException("interrupted while waiting for the next batch", e);
            }
        }
        return null;
    }

    /** The row, null for the mark that ends all. */
    static <R> @Nullable Row<R> get(Pending<R> pending) {
        try {
            return pending.row.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new MedleyException("interrupted while waiting for the next batch", e);
        } catch (ExecutionException e) {
            // The worker's own exception is what happened; where it was waited for is of no interest.
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw cause instanceof MedleyException known
                    ? known
                    : new MedleyException("reading samples failed: " + cause, cause);
        }
    }

    private void readAll(Position from) {
        Position at = from;
        try {
            sampler.restore(from.sampler);
            for (int i = 0; i < from.draws; i++) {
                sampler.next();
            }
            Draw<T> draw = sampler.next();
            while (draw != null && !closed) {
                Draw<T> now = draw;
                budget.take(now.bytes());
                var task = new FutureTask<>(() -> decode(now));
                queue.put(new Pending<>(at, task));
                workers.execute(task);
                // A state of a long buffer is large: one is made per batch, and rows count from there.
                boolean fresh = at.draws + 1 >= options.batchSize();
                at = fresh ? new Position(sampler.state(), 0) : at.next();
                draw = sampler.next();
            }
            put(new Pending<>(at, finished(null, null)));
        } catch (InterruptedException e) {
            // Only close() interrupts, and then nobody waits any more.
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            put(new Pending<>(at, finished(null, e)));
        }
    }

    private void put(Pending<R> pending) {
        try {
            queue.put(pending);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static <R> Future<Row<R>> finished(@Nullable Row<R> row, @Nullable Throwable failure) {
        var task = new FutureTask<Row<R>>(() -> {
            if (failure instanceof Exception known) {
                throw known;
            }
            if (failure != null) {
                throw new IllegalStateException(failure);
            }
            return row;
        });
        task.run();
        return task;
    }

    private Row<R> decode(Draw<T> draw) {
        try {
            Row<T> row = draw.row().get();
            if (row instanceof Row.Broken<T> broken) {
                return new Row.Broken<>(broken.place(), broken.key(), broken.reason());
            }
            try {
                T value = ((Row.Good<T>) row).value();
                return new Row.Good<>(row.place(), row.key(), decoder.decode(value, draw.seed()));
            } catch (RuntimeException e) {
                String reason = e instanceof MedleyException ? e.getMessage() : e.toString();
                return new Row.Broken<>(row.place(), row.key(), String.valueOf(reason));
            }
        } finally {
            budget.giveBack(draw.bytes());
        }
    }

    private static Thread daemon(Runnable task, String name) {
        var thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }

    @Override
    public void close() {
        closed = true;
        workers.shutdownNow();
        reader.interrupt();
        boolean interrupted = false;
        while (reader.isAlive()) {
            try {
                reader.join();
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        sampler.close();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
