package io.medley.bench;

/**
 * One piece of work that is timed as a whole.
 *
 * @param name as the peers name it, for example {@code cap_beam3_b1}
 * @param body does the work once
 * @param flop floating-point operations the algorithm needs at least, or 0 when nobody counted
 * @param items images, texts or pairs done, for a rate
 * @param onlyByName whether it takes so much memory that it runs only when it is asked for
 */
public record BenchTask(String name, Runnable body, double flop, int items, boolean onlyByName) {
    /** A task that belongs to every benchmark. */
    public BenchTask(String name, Runnable body, double flop, int items) {
        this(name, body, flop, items, false);
    }
}
