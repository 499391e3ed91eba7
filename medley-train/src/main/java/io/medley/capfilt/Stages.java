package io.medley.capfilt;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/** Threads that hand work on through bounded queues: whoever is slow holds the others up, and the first failure stops them all. */
final class Stages implements AutoCloseable {
    private static final long LOOK_UP_MILLIS = 50;

    private final List<Thread> threads = new ArrayList<>();
    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    /** What a stage does until there is nothing left to do, or it is interrupted. */
    interface Work {
        void run() throws InterruptedException, ExecutionException;
    }

    void start(String name, Work work) {
        var thread = new Thread(() -> run(work), name);
        thread.setDaemon(true);
        threads.add(thread);
        thread.start();
    }

    private void run(Work work) {
        try {
            work.run();
        } catch (InterruptedException e) {
            // Only close() interrupts: this shard is given up.
            Thread.currentThread().interrupt();
        } catch (ExecutionException e) {
            failure.compareAndSet(null, e.getCause());
        } catch (RuntimeException | Error e) {
            failure.compareAndSet(null, e);
        }
    }

    /** Takes from the last queue, on the thread that started all; fails as soon as a stage has. */
    <T> T take(BlockingQueue<T> queue) throws InterruptedException {
        while (true) {
            var next = queue.poll(LOOK_UP_MILLIS, TimeUnit.MILLISECONDS);
            var failed = failure.get();
            if (failed instanceof RuntimeException e) {
                throw e;
            }
            if (failed instanceof Error e) {
                throw e;
            }
            if (failed != null) {
                throw new IllegalStateException("a stage failed: " + failed.getMessage(), failed);
            }
            if (next != null) {
                return next;
            }
        }
    }

    /** Stops the stages and waits for them. */
    @Override
    public void close() {
        threads.forEach(Thread::interrupt);
        boolean interrupted = false;
        for (var thread : threads) {
            while (thread.isAlive()) {
                try {
                    thread.join();
                } catch (InterruptedException e) {
                    // A stage may be inside the engine, which cannot be interrupted; its tensors must not be freed
                    // under it.
                    interrupted = true;
                }
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
