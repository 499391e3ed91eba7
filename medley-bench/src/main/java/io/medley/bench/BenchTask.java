package io.medley.bench;

/**
 * One piece of work that is timed as a whole.
 *
 * @param name as the peers name it, for example {@code cap_beam3_b1}
 * @param body does the work once
 * @param flop floating-point operations the algorithm needs at least, or 0 when nobody counted
 * @param items images, texts or pairs done, for a rate
 */
public record BenchTask(String name, Runnable body, double flop, int items) {}
