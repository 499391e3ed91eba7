package io.medley.shards;

import io.medley.data.Dataset;
import io.medley.data.Row;
import io.medley.data.Sample;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/**
 * Rows of a shard, worked on by several threads before somebody asks for them, and given out in their order.
 *
 * @param <P> what becomes of a row
 */
public final class RowsAhead<P> implements AutoCloseable {
    private static final int THREADS = Math.min(4, Runtime.getRuntime().availableProcessors());

    private final Dataset.Rows<Sample> rows;
    private final Function<Row<Sample>, P> work;
    private final ExecutorService pool;
    private final Deque<Future<P>> ahead = new ArrayDeque<>();
    private long left;

    /**
     * @param most rows at most
     * @param work thread-safe; must not fail because of what is in a row
     */
    public RowsAhead(Dataset.Rows<Sample> rows, long most, Function<Row<Sample>, P> work) {
        this.rows = rows;
        this.left = most;
        this.work = work;
        this.pool = Executors.newFixedThreadPool(THREADS, task -> {
            var thread = new Thread(task, "rows-ahead");
            thread.setDaemon(true);
            return thread;
        });
    }

    /** Whether there is another row. */
    public boolean hasNext() {
        return !ahead.isEmpty() || (left > 0 && rows.hasNext());
    }

    /** The next row. */
    public P next() throws InterruptedException {
        while (ahead.size() < 2 * THREADS && left > 0 && rows.hasNext()) {
            var row = rows.next();
            left--;
            ahead.add(pool.submit(() -> work.apply(row)));
        }
        try {
            return ahead.remove().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    /** Ends the threads; the rows are closed by whoever opened them. */
    @Override
    public void close() {
        pool.shutdownNow();
    }
}
