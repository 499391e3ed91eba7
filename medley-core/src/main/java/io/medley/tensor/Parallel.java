package io.medley.tensor;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;
import org.bytedeco.pytorch.global.torch;
import org.jspecify.annotations.Nullable;

/**
 * Independent pieces of inference side by side, each on one core. Cores that share every operation wait for each other at the end of each;
 * where there are several pieces, cores that have one each do not.
 */
public final class Parallel {
    private static final BlockingQueue<Runnable> WAITING = new LinkedBlockingQueue<>();
    private static int workers;

    private Parallel() {}

    /**
     * Does {@code count} pieces, in any order, {@link Engine#threads} at a time, and returns when all are done. A piece has a scope of its own and records
     * no gradient; what it makes it must write into tensors of the caller's. One after the other on the calling thread where that has one core only,
     * where gradients are recorded, and under {@link Autocast}.
     *
     * @throws RuntimeException of the piece that failed first; others may have been left out then
     */
    public static void run(int count, IntConsumer piece) {
        int threads = Math.min(Engine.threads(), count);
        if (threads < 2 || NoGrad.isRecording() || Autocast.isOn()) {
            for (int i = 0; i < count; i++) {
                alone(piece, i);
            }
            return;
        }
        var next = new AtomicInteger();
        var failure = new AtomicReference<@Nullable Throwable>();
        var done = new CountDownLatch(threads);
        for (int t = 0; t < threads; t++) {
            WAITING.add(() -> {
                try (var off = NoGrad.open()) {
                    for (int i = next.getAndIncrement();
                            i < count && failure.get() == null;
                            i = next.getAndIncrement()) {
                        alone(piece, i);
                    }
                } catch (RuntimeException | Error e) {
                    failure.compareAndSet(null, e);
                } finally {
                    done.countDown();
                }
            });
        }
        await(done);
        var failed = failure.get();
        if (failed instanceof Error error) {
            throw error;
        }
        if (failed != null) {
            throw (RuntimeException) failed;
        }
    }

    private static void alone(IntConsumer piece, int i) {
        try (var scope = Scope.open()) {
            piece.accept(i);
        }
    }

    /**
     * Starts threads until there are so many. LibTorch takes the one core that is set for each of them for the default of threads it has not seen yet, so
     * the caller sets that again, before anybody else can come.
     */
    static synchronized void ensureWorkers(int count) {
        for (; workers < count; workers++) {
            var ready = new CountDownLatch(1);
            var thread = new Thread(() -> work(ready), "medley-parallel-" + workers);
            thread.setDaemon(true);
            thread.start();
            await(ready);
        }
    }

    private static void work(CountDownLatch ready) {
        // A thread's first question sets it to the default, which may not come after what is set here.
        torch.get_num_threads();
        torch.set_num_threads(1);
        ready.countDown();
        while (true) {
            try {
                WAITING.take().run();
            } catch (InterruptedException e) {
                return; // nobody has this thread but us; it ends with the process
            }
        }
    }

    // Pieces use the caller's tensors: it may not go before they are done, interrupted or not.
    private static void await(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
