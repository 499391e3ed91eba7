package io.medley.shards;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * Threads of this process.
 *
 * @param work what each does
 * @param threads shards worked on at once
 * @param retries how often a failed shard is tried again
 */
public record LocalWorkers(ShardWork work, int threads, int retries) implements ShardWorkers {

    @Override
    public void run(List<ShardInput> inputs, String folder, Sink sink) throws IOException, InterruptedException {
        var pool = Executors.newFixedThreadPool(threads, task -> {
            var thread = new Thread(task, "shard");
            thread.setDaemon(true);
            return thread;
        });
        try {
            var finished = new ExecutorCompletionService<ShardOutcome>(pool);
            for (var input : inputs) {
                finished.submit(() -> ShardOutcome.of(work, input, folder, retries, more -> {
                    synchronized (sink) {
                        sink.rows(more);
                    }
                }));
            }
            for (int i = 0; i < inputs.size(); i++) {
                var outcome = outcome(finished.take());
                synchronized (sink) {
                    sink.done(outcome);
                }
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private static ShardOutcome outcome(Future<ShardOutcome> finished) throws InterruptedException, IOException {
        try {
            return finished.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IOException(e.getCause());
        }
    }
}
