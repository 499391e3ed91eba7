package io.medley.shards;

import io.medley.tensor.MedleyException;

/**
 * How a run is done; nothing here changes what is written.
 *
 * @param workers shards worked on at once
 * @param retries how often a failed shard is tried again
 * @param maxErrors share of rows, 0 to 1, that may be unusable before the run stops
 */
public record RunOptions(int workers, int retries, double maxErrors) {
    /** One shard at a time, two more attempts, one row in ten. */
    public static final RunOptions DEFAULT = new RunOptions(1, 2, 0.1);

    public RunOptions {
        if (workers < 1 || workers > 256) {
            throw new MedleyException("workers is " + workers + "; give 1 to 256");
        }
        if (retries < 0 || retries > 100) {
            throw new MedleyException("retries is " + retries + "; give 0 to 100");
        }
        if (!(maxErrors >= 0 && maxErrors <= 1)) {
            throw new MedleyException("the share of errors is " + maxErrors + "; give a number from 0 to 1");
        }
    }
}
