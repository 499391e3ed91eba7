package io.medley.shards;

import java.io.IOException;
import java.util.function.LongConsumer;

/** What is done to a shard by somebody who has models and storage at hand. */
@FunctionalInterface
public interface ShardWork {
    /**
     * Does it, and puts the output into its place.
     *
     * @param folder where the output goes
     * @param progress told how many more rows are done
     * @throws IOException when input or output fail; worth another attempt
     */
    ShardResult run(ShardInput input, String folder, LongConsumer progress) throws IOException, InterruptedException;
}
