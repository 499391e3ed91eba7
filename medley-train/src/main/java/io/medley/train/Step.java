package io.medley.train;

/**
 * Where in the training a batch stands.
 *
 * @param number optimizer steps taken before this one
 * @param total optimizer steps of the whole training
 */
public record Step(long number, long total) {
    /** How much of the training is done, 0 up to but not including 1. */
    public double progress() {
        return (double) number / total;
    }
}
