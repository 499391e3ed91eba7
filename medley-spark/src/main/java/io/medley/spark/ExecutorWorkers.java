package io.medley.spark;

import io.medley.shards.ShardTask;
import org.jspecify.annotations.Nullable;

/**
 * What this process has loaded for its tasks: by the first that needs it, shared by all. The one static of the house: an executor outlives its
 * tasks and gives them no other place to leave something for each other.
 */
final class ExecutorWorkers {
    private static ShardTask.@Nullable Worker loaded;
    private static @Nullable ShardTask task;
    private static int users;

    private ExecutorWorkers() {}

    /** What is done with a worker. */
    interface Use<R> {
        R with(ShardTask.Worker worker) throws InterruptedException;
    }

    /** Lends the worker of a task; that of an earlier run is closed once nobody uses it. */
    static <R> R lend(ShardTask wanted, Use<R> use) throws InterruptedException {
        var worker = take(wanted);
        try {
            return use.with(worker);
        } finally {
            giveBack();
        }
    }

    private static synchronized ShardTask.Worker take(ShardTask wanted) throws InterruptedException {
        while (users > 0 && !wanted.equals(task)) {
            ExecutorWorkers.class.wait();
        }
        var worker = loaded;
        if (worker == null || !wanted.equals(task)) {
            if (worker != null) {
                loaded = null;
                worker.close();
            }
            worker = wanted.load();
            loaded = worker;
            task = wanted;
        }
        users++;
        return worker;
    }

    private static synchronized void giveBack() {
        users--;
        ExecutorWorkers.class.notifyAll();
    }
}
