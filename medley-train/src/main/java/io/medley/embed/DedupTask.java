package io.medley.embed;

import io.medley.data.Row;
import io.medley.data.Sample;
import io.medley.data.ShardWriter;
import io.medley.shards.Hashes;
import io.medley.shards.LocalStorage;
import io.medley.shards.Manifest;
import io.medley.shards.ShardFiles;
import io.medley.shards.ShardInput;
import io.medley.shards.ShardRun;
import io.medley.shards.ShardStorage;
import io.medley.shards.ShardTask;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongConsumer;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes shards again without the pictures that {@link Duplicates} drops: {@code NAME.tar} and {@code NAME_stats.json} for each. Keys, pictures
 * (byte for byte) and metadata stay; of members, those that {@link io.medley.data.ShardReader} knows. A picture without a vector is near to none,
 * and stays.
 *
 * @param duplicates folder that says who is dropped
 * @param dropped hash of the list there, so that shards are not made by two of them
 */
public record DedupTask(String duplicates, String dropped) implements ShardTask {
    private static final int FORMAT = 1;

    /** By the list that {@link Duplicates#run} has written into a folder. */
    public static DedupTask of(ShardStorage storage, String duplicates) throws IOException {
        try (var in = storage.read(duplicates, Duplicates.DROPPED)) {
            return new DedupTask(duplicates, Hashes.of(in.readAllBytes()));
        }
    }

    /**
     * The shards that embeddings were made of.
     *
     * @throws MedleyException if the folder does not say where one of its files comes from
     */
    public static List<ShardInput> inputs(ShardStorage storage, NearPairTask pairs) throws IOException {
        var made = Manifest.finished(storage, pairs.embeddings());
        var inputs = new ArrayList<ShardInput>();
        for (var name : pairs.shards()) {
            var entry = made.get(name);
            if (entry == null) {
                throw new MedleyException(pairs.embeddings() + ": its " + Manifest.NAME + " does not say which shard "
                        + name + ".parquet was made of, so that cannot be written again; embed the shards once more");
            }
            inputs.add(entry.input());
        }
        return inputs;
    }

    /** Writes those shards that are not written yet, and {@code _stats.json} for all. */
    public static DedupStats run(ShardRun run, ShardStorage storage, List<ShardInput> inputs, String folder)
            throws IOException, InterruptedException {
        var total = new DedupStats[] {DedupStats.EMPTY};
        var shards = run.run(inputs, folder, entries -> {
            total[0] = ShardRun.total(
                    storage, folder, inputs, entries, DedupStats.EMPTY, DedupStats::of, DedupStats::plus);
            ShardRun.write(storage, folder, "_stats.json", total[0].json());
        });
        if (shards.failed() > 0) {
            throw new MedleyException(folder + ": " + shards.failed()
                    + " shards could not be written; the same command tries them again");
        }
        return total[0];
    }

    @Override
    public String tool() {
        return "medley dedup";
    }

    @Override
    public ObjectNode json() {
        return JsonMapper.shared()
                .createObjectNode()
                .put("format", FORMAT)
                .put("duplicates", duplicates)
                .put("dropped", dropped);
    }

    @Override
    public List<String> files(String shard) {
        return List.of(shard + ".tar", shard + "_stats.json");
    }

    @Override
    public Worker load() {
        return new Worker() {
            @Override
            public DedupStats run(ShardInput input, String folder, ShardStorage storage, LongConsumer progress)
                    throws IOException, InterruptedException {
                return ShardFiles.write(storage, folder, files(input.name()), work -> {
                    var stats = write(input, storage, work, progress);
                    Files.writeString(work.resolve(input.name() + "_stats.json"), stats.json());
                    return stats;
                });
            }

            @Override
            public void close() {
                // Nothing is loaded.
            }
        };
    }

    private DedupStats write(ShardInput input, ShardStorage storage, Path work, LongConsumer progress)
            throws IOException, InterruptedException {
        var without = dropped(input.name(), storage);
        long count = 0;
        long written = 0;
        var problems = new ArrayList<String>();
        try (var rows = storage.open(input);
                var shard = new ShardWriter(work.resolve(input.name() + ".tar"))) {
            for (; count < input.rows() && rows.hasNext(); count++) {
                if (Thread.interrupted()) {
                    throw new InterruptedException("stopped while " + input.name() + " was written");
                }
                var row = rows.next();
                var key = without.remove(row.place().row());
                if (key != null && !key.equals(row.key())) {
                    throw new MedleyException(input.source() + ": has " + row.key() + " where " + key
                            + " was embedded; the shard has changed since, embed it again");
                }
                if (row instanceof Row.Broken<Sample> broken) {
                    problems.add(row.key() + ": " + broken.reason());
                } else if (row instanceof Row.Good<Sample> good && key == null) {
                    add(shard, good.value());
                    written++;
                }
                progress.accept(1);
            }
            if (!without.isEmpty()) {
                throw new MedleyException(input.source() + ": lacks " + without.size()
                        + " of the pictures that were embedded; the shard has changed since, embed it again");
            }
            shard.commit();
        }
        return new DedupStats(count, written, count - written - problems.size(), problems.size(), problems);
    }

    /** A tar shard has one text at most; of pictures in lists with several, all stand in the metadata. */
    private static void add(ShardWriter shard, Sample sample) throws IOException {
        var metadata = sample.metadata();
        if (sample.texts().size() > 1) {
            sample.texts().forEach(metadata.putArray("texts")::add);
        }
        shard.add(sample.key(), sample.image(), sample.texts().stream().findFirst(), metadata);
    }

    /** Keys of a shard's dropped pictures by their rows. */
    private Map<Long, String> dropped(String shard, ShardStorage storage) throws IOException {
        var fetched = Files.createTempDirectory("medley-dedup-");
        try (var all = NearPair.read(storage.fetch(duplicates, Duplicates.DROPPED, fetched))) {
            Map<Long, String> keys = new HashMap<>();
            while (all.hasNext()) {
                var pair = all.next();
                if (pair.shard().equals(shard)) {
                    keys.put(pair.row(), pair.key());
                }
            }
            return keys;
        } finally {
            LocalStorage.delete(fetched);
        }
    }
}
