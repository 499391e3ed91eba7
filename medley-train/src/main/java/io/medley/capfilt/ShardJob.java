package io.medley.capfilt;

import io.medley.shards.ShardInput;
import io.medley.shards.ShardStorage;
import java.io.IOException;
import java.io.Serializable;
import java.util.function.LongConsumer;

/**
 * Captions and filters one shard: {@code NAME.tar} with the kept texts, {@code NAME.parquet} with everything known about every text, and
 * {@code NAME_stats.json}. Holds all it needs but the models, so it can be sent to where these are.
 *
 * <p>May be done again, by anyone, at any time, even twice at once: with the same settings it writes the same bytes (shards and side-cars;
 * statistics hold times), and each file appears whole or not at all, the statistics last.
 *
 * @param input what is read
 * @param folder where the files go, as the {@link ShardStorage} understands it
 * @param settings all that decides what is written
 */
public record ShardJob(ShardInput input, String folder, CapFiltSettings settings) implements Serializable {

    /** Tells a listener nothing. */
    public static final LongConsumer QUIET = rows -> {};

    /** What the statistics of a shard are called. */
    public static String statsName(String shard) {
        return shard + "_stats.json";
    }

    /**
     * Does the work.
     *
     * @param models those of the settings, see {@link CapFiltModels#load(io.medley.ModelRegistry, CapFiltSettings)}
     * @param progress told how many more rows are done; called often, on this thread
     * @throws IOException when input or output fail; worth another attempt
     * @throws InterruptedException when this thread is interrupted; nothing is left behind
     */
    public ShardStats run(CapFiltModels models, ShardStorage storage, LongConsumer progress)
            throws IOException, InterruptedException {
        return CapFiltFiles.write(storage, folder, input.name(), settings, (output, tally) -> {
            long start = System.nanoTime();
            var pipeline = new ShardPipeline(models, settings);
            try (var rows = storage.open(input)) {
                pipeline.run(rows, input.rows(), row -> {
                    output.add(row);
                    progress.accept(1);
                });
            }
            return tally.stats(pipeline.seconds(), (System.nanoTime() - start) / 1e9);
        });
    }
}
