package io.medley.bench;

/**
 * One timed run.
 *
 * @param seconds wall-clock time
 * @param others share of the processors that other processes used meanwhile, 0 to 1; 0 where unknown
 */
record Sample(double seconds, double others) {
    static Sample of(Runnable body) {
        double busy = Machine.busySeconds();
        double own = Machine.ownSeconds();
        long start = System.nanoTime();
        body.run();
        double seconds = (System.nanoTime() - start) / 1e9;
        double elsewhere = busy < 0 ? 0 : Machine.busySeconds() - busy - (Machine.ownSeconds() - own);
        double share =
                elsewhere / Math.max(seconds, 0.02) / Runtime.getRuntime().availableProcessors();
        return new Sample(seconds, Math.min(1, Math.max(0, share)));
    }
}
