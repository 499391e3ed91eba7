package io.medley.train;

import io.medley.tensor.MedleyException;
import java.util.List;

/**
 * How a training is kept and watched.
 *
 * @param saveSeconds a checkpoint is written when this long has passed since the last one; 0 for no such rule
 * @param saveSteps a checkpoint is written every so many steps; 0 for no such rule
 * @param watches plateaus to warn of
 * @param seed of the run, for provenance
 */
public record RunOptions(double saveSeconds, long saveSteps, List<PlateauWatch> watches, long seed) {
    public RunOptions {
        if (!(saveSeconds >= 0) || saveSteps < 0) {
            throw new MedleyException(
                    "checkpoints: every " + saveSeconds + " seconds, " + saveSteps + " steps; give 0 or more");
        }
        watches = List.copyOf(watches);
    }

    /** A checkpoint a minute, no watches. */
    public static RunOptions withSeed(long seed) {
        return new RunOptions(60, 0, List.of(), seed);
    }

    public RunOptions watching(PlateauWatch... watches) {
        return new RunOptions(saveSeconds, saveSteps, List.of(watches), seed);
    }
}
