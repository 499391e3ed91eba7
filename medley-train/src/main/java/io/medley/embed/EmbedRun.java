package io.medley.embed;

import io.medley.shards.ShardInput;
import io.medley.shards.ShardRun;
import io.medley.shards.ShardStorage;
import java.io.IOException;
import java.util.List;

/** Features of many shards, as a {@link ShardRun}, with {@code _stats.json} for all. */
public final class EmbedRun {
    private static final String STATS = "_stats.json";

    /**
     * What came of it.
     *
     * @param total of all shards in the folder that belong to this run, earlier ones included
     */
    public record Result(EmbedStats total, ShardRun.Result shards) {}

    private EmbedRun() {}

    /**
     * Does all shards that are not done yet.
     *
     * @throws io.medley.tensor.MedleyException when too much of the input cannot be used, or the folder belongs to another run
     */
    public static Result run(ShardRun run, ShardStorage storage, List<ShardInput> inputs, String folder)
            throws IOException, InterruptedException {
        var total = new EmbedStats[] {EmbedStats.EMPTY};
        var shards = run.run(inputs, folder, entries -> {
            total[0] = ShardRun.total(
                    storage, folder, inputs, entries, EmbedStats.EMPTY, EmbedStats::of, EmbedStats::plus);
            ShardRun.write(storage, folder, STATS, total[0].json());
        });
        return new Result(total[0], shards);
    }
}
