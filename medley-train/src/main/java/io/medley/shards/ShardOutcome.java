package io.medley.shards;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.Serializable;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.LongConsumer;

/**
 * What became of a shard.
 *
 * @param attempts how often it was tried
 * @param result what came of it; zeros where it was given up
 * @param error why it was given up; empty where it is done
 */
public record ShardOutcome(ShardInput input, int attempts, ShardResult result, String error) implements Serializable {

    /** What came of a shard that was given up. */
    private record Nothing(long count, long errors, List<String> problems) implements ShardResult {
        Nothing() {
            this(0, 0, List.of());
        }
    }

    /** Whether the shard is in its place. */
    public boolean done() {
        return error.isEmpty();
    }

    /**
     * Tries a shard until it works or the attempts are used up. What cannot be mended by trying again is passed on at once.
     *
     * @param retries attempts after the first
     */
    public static ShardOutcome of(ShardWork work, ShardInput input, String folder, int retries, LongConsumer progress)
            throws InterruptedException {
        var error = "";
        for (int attempt = 1; attempt <= retries + 1; attempt++) {
            try {
                return new ShardOutcome(input, attempt, work.run(input, folder, progress), "");
            } catch (IOException | UncheckedIOException | MedleyException e) {
                error = String.valueOf(e.getMessage());
            }
        }
        return new ShardOutcome(input, retries + 1, new Nothing(), error);
    }
}
