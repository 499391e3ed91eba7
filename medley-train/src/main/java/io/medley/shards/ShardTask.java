package io.medley.shards;

import java.io.IOException;
import java.io.Serializable;
import java.util.List;
import java.util.function.LongConsumer;
import tools.jackson.databind.node.ObjectNode;

/**
 * A kind of work on shards, with all that decides what it writes; small enough to be sent to where the work is done. A shard may be done again, by
 * anyone, at any time, even twice at once: each file appears whole or not at all, with the same bytes (statistics hold times).
 */
public interface ShardTask extends Serializable {

    /** Who writes, {@code medley capfilt} for example; stands in the manifest. */
    String tool();

    /** All that the contents of the output depend on, besides the input, always in the same order. */
    ObjectNode json();

    /** Names of the files that a shard's work writes, the statistics last. */
    List<String> files(String shard);

    /**
     * Loads what the work needs: once per process, for any number of shards at a time.
     *
     * @throws io.medley.tensor.MedleyException when what is found here is not what the settings mean
     */
    Worker load();

    /** 16 hexadecimal digits that differ wherever {@link #json} does. */
    default String hash() {
        return Hashes.of(json().toString());
    }

    /** Models in memory, ready to work. Thread-safe. */
    interface Worker extends AutoCloseable {
        /**
         * Does a shard, and puts the output into its place.
         *
         * @param folder where the files go, as the storage understands it
         * @param progress told how many more rows are done; called often, on this thread
         * @throws IOException when input or output fail; worth another attempt
         * @throws InterruptedException when this thread is interrupted; nothing is left behind
         */
        ShardResult run(ShardInput input, String folder, ShardStorage storage, LongConsumer progress)
                throws IOException, InterruptedException;

        @Override
        void close();
    }
}
