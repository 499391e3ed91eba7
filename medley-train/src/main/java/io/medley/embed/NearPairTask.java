package io.medley.embed;

import com.jerolba.carpet.CarpetWriter;
import io.medley.shards.LocalStorage;
import io.medley.shards.ShardFiles;
import io.medley.shards.ShardInput;
import io.medley.shards.ShardStorage;
import io.medley.shards.ShardTask;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.LongConsumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Finds the pairs of near-duplicates between a file of embeddings and itself and all files before it. Compares every vector with every other, in
 * blocks: exact, with two blocks in memory at a time, and time that grows with the square of the number of pictures.
 *
 * @param embeddings folder of the files
 * @param shards names of all files without an ending, in their order
 * @param threshold least cosine of a pair, -1 to 1
 * @param threads threads of one operation of the engine; they change nothing, for what is close is computed again in double precision
 */
public record NearPairTask(String embeddings, List<String> shards, double threshold, int threads) implements ShardTask {
    private static final int FORMAT = 1;
    private static final int BLOCK = 2048;

    // Far more than single precision errs by in sums of a few thousand products of unit vectors.
    private static final double MARGIN = 1e-3;

    public NearPairTask {
        shards = List.copyOf(shards);
        if (!(threshold > 0 && threshold <= 1)) {
            throw new MedleyException("threshold is " + threshold + "; give a cosine above 0, at most 1");
        }
    }

    @Override
    public String tool() {
        return "medley dedup";
    }

    @Override
    public ObjectNode json() {
        var json = JsonMapper.shared()
                .createObjectNode()
                .put("format", FORMAT)
                .put("embeddings", embeddings)
                .put("threshold", threshold);
        shards.forEach(json.putArray("shards")::add);
        return json;
    }

    @Override
    public List<String> files(String shard) {
        return List.of(shard + "_pairs.parquet", shard + "_stats.json");
    }

    @Override
    public Worker load() {
        Engine.setThreads(threads);
        return new Worker() {
            @Override
            public EmbedStats run(ShardInput input, String folder, ShardStorage storage, LongConsumer progress)
                    throws IOException, InterruptedException {
                return ShardFiles.write(storage, folder, files(input.name()), work -> {
                    var stats = pairs(input.name(), storage, work, progress);
                    Files.writeString(work.resolve(input.name() + "_stats.json"), stats.json());
                    return stats;
                });
            }

            @Override
            public void close() {
                // Nothing is loaded but the engine.
            }
        };
    }

    private EmbedStats pairs(String shard, ShardStorage storage, Path work, LongConsumer progress)
            throws IOException, InterruptedException {
        long start = System.nanoTime();
        var fetched = Files.createTempDirectory("medley-dedup-");
        long count = 0;
        var file = storage.fetch(embeddings, shard + ".parquet", fetched);
        try (var later = EmbeddingRow.read(file);
                var out = NearPair.write(
                        new BufferedOutputStream(Files.newOutputStream(work.resolve(shard + "_pairs.parquet"))),
                        json().toString())) {
            for (var block = Vectors.next(later, BLOCK, file);
                    block.size() > 0;
                    block = Vectors.next(later, BLOCK, file)) {
                pairs(shard, block, storage, fetched, out);
                count += block.size();
                progress.accept(block.size());
            }
        } finally {
            LocalStorage.delete(fetched);
        }
        return new EmbedStats(count, 0, 0, List.of(), (System.nanoTime() - start) / 1e9);
    }

    /** The pairs of a block with all that comes before it and with itself, by its rows. */
    private void pairs(String shard, Vectors block, ShardStorage storage, Path fetched, CarpetWriter<NearPair> out)
            throws IOException, InterruptedException {
        var found = new ArrayList<NearPair>();
        for (var other : shards.subList(0, shards.indexOf(shard) + 1)) {
            var file = storage.fetch(embeddings, other + ".parquet", fetched);
            try (var earlier = EmbeddingRow.read(file)) {
                for (var some = Vectors.next(earlier, BLOCK, file);
                        some.size() > 0;
                        some = Vectors.next(earlier, BLOCK, file)) {
                    if (Thread.interrupted()) {
                        throw new InterruptedException("stopped while near-duplicates were looked for");
                    }
                    near(shard, block, other, some, found);
                }
            }
        }
        found.sort(Comparator.comparingLong(NearPair::row));
        for (var pair : found) {
            out.write(pair);
        }
    }

    private void near(String shard, Vectors block, String other, Vectors some, List<NearPair> found) {
        if (block.dimension() != some.dimension()) {
            throw new MedleyException(embeddings + ": vectors of " + block.dimension() + " numbers in " + shard
                    + " and of " + some.dimension() + " in " + other + "; all must come from one model");
        }
        var cosines = cosines(block, some);
        boolean same = shard.equals(other);
        for (int i = 0; i < block.size(); i++) {
            for (int j = 0; j < some.size(); j++) {
                if (cosines[i * some.size() + j] < threshold - MARGIN
                        || (same && some.rows().get(j) >= block.rows().get(i))) {
                    continue;
                }
                double cosine = Math.min(1, block.dot(i, some, j));
                if (cosine >= threshold) {
                    found.add(new NearPair(
                            shard,
                            block.rows().get(i),
                            block.keys().get(i),
                            other,
                            some.rows().get(j),
                            some.keys().get(j),
                            cosine));
                }
            }
        }
    }

    /** (rows of block, rows of some), row by row. */
    private static float[] cosines(Vectors block, Vectors some) {
        try (var noGrad = NoGrad.open();
                var scope = Scope.open()) {
            var a = Tensor.of(block.values(), block.size(), block.dimension()); // (A, D)
            var b = Tensor.of(some.values(), some.size(), some.dimension()); // (B, D)
            return a.matmul(b.transpose(0, 1)).toFloats(); // (A, B)
        }
    }
}
