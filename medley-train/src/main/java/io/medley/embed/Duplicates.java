package io.medley.embed;

import io.medley.shards.LocalStorage;
import io.medley.shards.ShardFiles;
import io.medley.shards.ShardInput;
import io.medley.shards.ShardRun;
import io.medley.shards.ShardStorage;
import io.medley.tensor.MedleyException;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.json.JsonMapper;

/**
 * Near-duplicates among the pictures of files of embeddings, one of each kept: pictures come in the order of their shards' names and rows, and one is
 * dropped exactly if it is as near as the threshold to an earlier one that is kept. So no two that are kept are that near to each other, and each
 * dropped one has a kept one to stand for it.
 *
 * <p>Writes {@code NAME_pairs.parquet} for each shard ({@link NearPairTask}), {@code dropped.parquet} with a {@link NearPair} for each dropped
 * picture, the other being the nearest kept one, and {@code _stats.json}.
 */
public final class Duplicates {
    /** The list of what is dropped. */
    public static final String DROPPED = "dropped.parquet";

    private static final String STATS = "_stats.json";
    private static final String ENDING = ".parquet";

    /**
     * What came of it.
     *
     * @param pictures that have a vector
     * @param dropped of these
     * @param pairs of near-duplicates among all
     */
    public record Result(long pictures, long dropped, long pairs) {}

    private Duplicates() {}

    /**
     * The task of finding pairs among all embeddings of a folder.
     *
     * @throws MedleyException if there are none
     */
    public static NearPairTask task(ShardStorage storage, String embeddings, double threshold, int threads)
            throws IOException {
        var shards = storage.names(embeddings).stream()
                .filter(name -> name.endsWith(ENDING))
                .map(name -> name.substring(0, name.length() - ENDING.length()))
                .sorted()
                .toList();
        if (shards.isEmpty()) {
            throw new MedleyException(
                    embeddings + ": no Parquet files there; give what 'medley embed --in SHARDS' wrote");
        }
        return new NearPairTask(embeddings, shards, threshold, threads);
    }

    /**
     * Finds pairs where that is not done yet, and decides who is dropped.
     *
     * @param run of the task
     */
    public static Result run(ShardRun run, NearPairTask task, ShardStorage storage, String folder)
            throws IOException, InterruptedException {
        var inputs = task.shards().stream()
                .map(name -> new ShardInput(name, task.embeddings() + "/" + name + ENDING, 0, ShardInput.ALL))
                .toList();
        var shards = run.run(inputs, folder, entries -> {});
        if (shards.failed() > 0) {
            throw new MedleyException(folder + ": " + shards.failed()
                    + " shards failed, so nothing can be dropped yet; the same command tries them again");
        }
        long pictures = 0;
        for (var name : task.shards()) {
            pictures += EmbedStats.of(ShardRun.read(storage, folder, name + "_stats.json"))
                    .count();
        }
        var counted = drop(task.shards(), storage, folder, task.json().toString());
        var result = new Result(pictures, counted.dropped(), counted.pairs());
        ShardRun.write(storage, folder, STATS, JsonMapper.shared().writeValueAsString(result));
        return result;
    }

    private static Result drop(List<String> shards, ShardStorage storage, String folder, String settings)
            throws IOException, InterruptedException {
        var fetched = Files.createTempDirectory("medley-dedup-");
        try {
            return ShardFiles.write(storage, folder, List.of(DROPPED), work -> {
                var dropped = new HashMap<String, BitSet>();
                long pairs = 0;
                long count = 0;
                var file = work.resolve(DROPPED);
                try (var out = NearPair.write(new BufferedOutputStream(Files.newOutputStream(file)), settings)) {
                    for (var shard : shards) {
                        var here = new BitSet();
                        dropped.put(shard, here);
                        @Nullable NearPair best = null;
                        try (var all = NearPair.read(storage.fetch(folder, shard + "_pairs.parquet", fetched))) {
                            while (all.hasNext()) {
                                var pair = all.next();
                                pairs++;
                                if (best != null && best.row() != pair.row()) {
                                    out.write(best);
                                    count++;
                                    best = null;
                                }
                                boolean kept = !dropped.getOrDefault(pair.otherShard(), new BitSet())
                                        .get(Math.toIntExact(pair.otherRow()));
                                if (kept && (best == null || pair.cosine() > best.cosine())) {
                                    here.set(Math.toIntExact(pair.row()));
                                    best = pair;
                                }
                            }
                        }
                        if (best != null) {
                            out.write(best);
                            count++;
                        }
                    }
                }
                return new Result(0, count, pairs);
            });
        } finally {
            LocalStorage.delete(fetched);
        }
    }
}
