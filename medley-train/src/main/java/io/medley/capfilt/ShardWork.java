package io.medley.capfilt;

import java.io.IOException;
import java.util.function.LongConsumer;

/** What is done to a shard: captioned and filtered, or judged again. */
@FunctionalInterface
public interface ShardWork {
    /**
     * Does it, and puts the output into its place.
     *
     * @param folder where the output goes
     * @param progress told how many more rows are done
     * @throws IOException when input or output fail; worth another attempt
     */
    ShardStats run(ShardInput input, String folder, LongConsumer progress) throws IOException, InterruptedException;
}
