package io.medley.cli;

import io.medley.tensor.MedleyException;
import picocli.CommandLine.Option;

/** How many points of the plane are drawn, and from which stream. */
final class PointOptions {
    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "2000",
            description = "Points. Default: ${DEFAULT-VALUE}.")
    private int count;

    @Option(
            names = "--seed",
            paramLabel = "K",
            defaultValue = "2",
            description = "Of the points. Default: ${DEFAULT-VALUE}.")
    private long seed;

    /** Distances need two points at least. */
    int count() {
        if (count < 2) {
            throw new MedleyException("--count " + count + " is too few; give 2 or more");
        }
        return count;
    }

    long seed() {
        return seed;
    }
}
