package io.medley.data;

/** Memory that waiting rows may take. One row always fits, however large. */
final class ByteBudget {
    private final long most;
    private long taken;

    ByteBudget(long most) {
        this.most = most;
    }

    synchronized void take(long bytes) throws InterruptedException {
        while (taken > 0 && taken + bytes > most) {
            wait();
        }
        taken += bytes;
    }

    synchronized void giveBack(long bytes) {
        taken -= bytes;
        notifyAll();
    }
}
