package io.medley.model;

import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Supplier;

/** Keeps a model's weights alive while calls use them: any number of calls at once, and a close that waits for them. */
public final class Gate {
    private final String name;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private boolean closed;

    /** @param name of the model, for messages */
    public Gate(String name) {
        this.name = name;
    }

    /** Runs one call, without gradients, and frees the tensors it made. */
    public <T> T run(Supplier<T> call) {
        lock.readLock().lock();
        try {
            if (closed) {
                throw new IllegalStateException(name + ": the model is closed; load it again");
            }
            try (var scope = Scope.open();
                    var off = NoGrad.open()) {
                return call.get();
            }
        } finally {
            lock.readLock().unlock();
        }
    }

    /** {@link #run} of a call without a result. */
    public void perform(Runnable call) {
        run(() -> {
            call.run();
            return true;
        });
    }

    /** Lets nobody in any more, waits for those inside, then runs {@code release}; a second call does nothing. */
    public void close(Runnable release) {
        if (lock.getReadHoldCount() > 0) {
            throw new IllegalStateException(name + ": cannot be closed from within one of its own calls");
        }
        lock.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                release.run();
            }
        } finally {
            lock.writeLock().unlock();
        }
    }
}
