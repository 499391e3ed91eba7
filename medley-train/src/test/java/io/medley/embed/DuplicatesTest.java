package io.medley.embed;

import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medley.Medley;
import io.medley.Models;
import io.medley.data.EncodedImage;
import io.medley.data.Row;
import io.medley.data.Sample;
import io.medley.data.ShardReader;
import io.medley.data.ShardWriter;
import io.medley.image.ImageFiles;
import io.medley.image.Resize;
import io.medley.image.ResizeFilter;
import io.medley.model.LoadOptions;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.Scenes;
import io.medley.shards.LocalStorage;
import io.medley.shards.LocalWorkers;
import io.medley.shards.ShardInput;
import io.medley.shards.ShardInputs;
import io.medley.shards.ShardRun;
import io.medley.shards.ShardTask;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class DuplicatesTest {
    private static final int SCENES = 24;
    private static final double THRESHOLD = 0.995;

    @TempDir
    private Path folder;

    private final LocalStorage storage = new LocalStorage();

    /** Scenes 0 to 23 in two shards; then some of them once more, re-encoded, made smaller, or to the byte. */
    private List<ShardInput> shards() throws IOException {
        var web = Files.createDirectories(folder.resolve("web"));
        var scenes = Scenes.of(SceneSplit.WEB);
        for (int s = 0; s < 2; s++) {
            try (var shard = new ShardWriter(web.resolve("0000" + s + ".tar"))) {
                for (int i = s * SCENES / 2; i < (s + 1) * SCENES / 2; i++) {
                    add(shard, "scene" + i, ImageFiles.encodeJpeg(Scenes.render(scenes.scene(i), 96), 95));
                }
                shard.commit();
            }
        }
        try (var shard = new ShardWriter(web.resolve("00002.tar"))) {
            for (int i : new int[] {1, 5, 13}) {
                var scene = Scenes.render(scenes.scene(i), 96);
                add(shard, "again" + i, ImageFiles.encodeJpeg(scene, 60));
                add(shard, "small" + i, ImageFiles.encodePng(Resize.resize(scene, 80, 80, ResizeFilter.BICUBIC)));
                add(shard, "same" + i, ImageFiles.encodeJpeg(scene, 95));
            }
            add(shard, "broken", new byte[] {1, 2, 3});
            shard.commit();
        }
        return ShardInputs.find(List.of(web.toString()));
    }

    private static void add(ShardWriter shard, String key, byte[] picture) throws IOException {
        shard.add(
                key,
                new EncodedImage("jpg", picture),
                Optional.of("a text of " + key),
                JsonMapper.shared().createObjectNode());
    }

    private ShardRun run(ShardTask task, ShardTask.Worker worker, int workers) {
        return new ShardRun(
                task,
                new LocalWorkers((input, where, progress) -> worker.run(input, where, storage, progress), workers, 0),
                storage,
                1,
                new ShardRun.Listener() {
                    @Override
                    public void rows(long more) {}

                    @Override
                    public void say(String line) {}
                });
    }

    private static List<NearPair> pairs(Path file) throws IOException {
        var pairs = new ArrayList<NearPair>();
        try (var rows = NearPair.read(file)) {
            rows.forEachRemaining(pairs::add);
        }
        return pairs;
    }

    private static List<EmbeddingRow> rows(Path file) throws IOException {
        var all = new ArrayList<EmbeddingRow>();
        try (var rows = EmbeddingRow.read(file)) {
            rows.forEachRemaining(all::add);
        }
        return all;
    }

    @Test
    void plantedDuplicatesAreDroppedAndNothingElse() throws Exception {
        var inputs = shards();
        var task = EmbedTask.of(Models.registry(), Medley.DEFAULT_MODEL, 4, 1, true);
        var features = folder.resolve("features");
        try (var worker = task.load()) {
            var result = EmbedRun.run(run(task, worker, 1), storage, inputs, features.toString());
            assertThat(result.total().count()).isEqualTo(SCENES + 10);
            assertThat(result.total().errors()).isEqualTo(1);
            assertThat(result.total().texts()).isEqualTo(SCENES + 9);
            assertThat(EmbedRun.run(run(task, worker, 1), storage, inputs, features.toString())
                            .shards()
                            .skipped())
                    .isEqualTo(3);
            // Other workers, the same bytes.
            EmbedRun.run(run(task, worker, 3), storage, inputs, folder + "/once-more");
        }
        try (var model = Models.registry().load(Medley.DEFAULT_MODEL, LoadOptions.DEFAULT)) {
            var expected = model.embedder().orElseThrow().texts(List.of("a text of scene3"));
            var row = rows(features.resolve("00000.parquet")).get(3);
            assertThat(row.key()).isEqualTo("scene3");
            assertThat(row.row()).isEqualTo(3);
            assertThat(row.text()).isEqualTo("a text of scene3");
            assertThat(row.image())
                    .hasSize(model.embedder().orElseThrow().space().dimension());
            for (int d = 0; d < expected[0].length; d++) {
                assertThat(row.textVector().get(d)).isCloseTo(expected[0][d], within(1e-4f));
            }
        }
        var broken = rows(features.resolve("00002.parquet")).get(9);
        assertThat(broken.image()).isNull();
        assertThat(broken.error()).isNotBlank();
        for (var input : inputs) {
            assertThat(folder.resolve("once-more/" + input.name() + ".parquet"))
                    .hasSameBinaryContentAs(features.resolve(input.name() + ".parquet"));
        }

        var pairs = Duplicates.task(storage, features.toString(), THRESHOLD, 1);
        var out = folder.resolve("out");
        var result = Duplicates.run(run(pairs, pairs.load(), 2), pairs, storage, out.toString());
        var dropped = pairs(out.resolve(Duplicates.DROPPED));
        assertThat(dropped.stream().map(NearPair::key))
                .containsExactly(
                        "again1", "small1", "same1", "again5", "small5", "same5", "again13", "small13", "same13");
        assertThat(dropped).allSatisfy(pair -> {
            assertThat(pair.otherKey()).isEqualTo("scene" + pair.key().replaceAll("\\D", ""));
            assertThat(pair.cosine()).isBetween(THRESHOLD, 1.0);
        });
        assertThat(result.pictures()).isEqualTo(SCENES + 9);
        assertThat(result.dropped()).isEqualTo(9);
        assertThat(result.pairs()).isBetween(9L, 18L);
        writtenWithoutThem(pairs, out, inputs);
    }

    private void writtenWithoutThem(NearPairTask pairs, Path out, List<ShardInput> inputs) throws Exception {
        var task = DedupTask.of(storage, out.toString());
        var made = DedupTask.inputs(storage, pairs);
        assertThat(made).isEqualTo(inputs);
        var unique = folder.resolve("unique");
        var stats = DedupTask.run(run(task, task.load(), 2), storage, made, unique.toString());
        assertThat(stats).isEqualTo(new DedupStats(SCENES + 10, SCENES + 1, 9, 0, List.of()));
        for (int s = 0; s < 2; s++) {
            // Nothing is dropped of the first two, and nothing else changes.
            assertThat(unique.resolve("0000" + s + ".tar"))
                    .hasSameBinaryContentAs(folder.resolve("web/0000" + s + ".tar"));
        }
        // What is no picture is near to none.
        var rest = samples(unique.resolve("00002.tar"));
        assertThat(rest.stream().map(Sample::key)).containsExactly("broken");
        assertThat(rest.get(0).image().bytes()).containsExactly(1, 2, 3);
        assertThat(rest.get(0).texts()).containsExactly("a text of broken");

        // Some gone as if it had been killed: only that is written again, to the same bytes.
        var bytes = Files.readAllBytes(unique.resolve("00002.tar"));
        Files.delete(unique.resolve("00002.tar"));
        Files.createDirectory(unique.resolve(".work-killed"));
        assertThat(DedupTask.run(run(task, task.load(), 1), storage, made, unique.toString()))
                .isEqualTo(stats);
        assertThat(unique.resolve("00002.tar")).hasBinaryContent(bytes);
        try (var files = Files.list(unique)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> name.startsWith(".work"))
                    .hasSize(3 + 3 + 2);
        }

        // Another list goes elsewhere, shards are not overwritten, and shards that have changed are not written.
        var other = new DedupTask(task.duplicates(), "other");
        assertThatThrownBy(() -> DedupTask.run(run(other, other.load(), 1), storage, made, unique.toString()))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("dropped was");
        assertThatThrownBy(() -> DedupTask.run(run(task, task.load(), 1), storage, made, folder + "/web"))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("web: holds");
        Files.copy(folder.resolve("web/00001.tar"), folder.resolve("web/00002.tar"), REPLACE_EXISTING);
        assertThatThrownBy(() -> DedupTask.run(run(task, task.load(), 1), storage, made, folder + "/changed"))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("1 shards could not be written");
        assertThat(folder.resolve("changed/00002.tar")).doesNotExist();
    }

    private static List<Sample> samples(Path shard) {
        var samples = new ArrayList<Sample>();
        try (var rows = ShardReader.open(shard, ShardInputs.OPTIONS)) {
            while (rows.hasNext()) {
                samples.add(((Row.Good<Sample>) rows.next()).value());
            }
        }
        return samples;
    }

    /** Writes vectors as if a model had made them. */
    private void write(Path file, List<float[]> vectors) throws IOException {
        Files.createDirectories(file.getParent());
        try (var out = EmbeddingRow.write(Files.newOutputStream(file), "{}")) {
            for (int i = 0; i < vectors.size(); i++) {
                var vector = new ArrayList<Float>();
                for (float value : vectors.get(i)) {
                    vector.add(value);
                }
                out.write(new EmbeddingRow("k" + i, i, vector.isEmpty() ? null : vector, null, null, null));
            }
        }
    }

    @Test
    void whatIsKeptIsWhatTheRuleSaysForAnyVectors() throws Exception {
        var random = new Random(7);
        var all = new ArrayList<float[]>();
        for (int i = 0; i < 300; i++) {
            var vector = new float[6];
            for (int d = 0; d < vector.length; d++) {
                // In few directions, so that there are many chains of neighbours; lengths do not count.
                vector[d] = (random.nextInt(3) - 1) * (1 + random.nextFloat() / 3) * (i + 1);
            }
            all.add(i % 50 == 3 ? new float[6] : vector);
        }
        for (int s = 0; s < 3; s++) {
            write(folder.resolve("vectors/0" + s + ".parquet"), all.subList(100 * s, 100 * s + 100));
        }
        double threshold = 0.9;
        var kept = new ArrayList<Integer>();
        var expected = new ArrayList<Integer>();
        for (int i = 0; i < all.size(); i++) {
            int later = i;
            if (cosine(all.get(i), all.get(i)) > 0) {
                boolean near = kept.stream().anyMatch(k -> cosine(all.get(k), all.get(later)) >= threshold);
                (near ? expected : kept).add(i);
            }
        }
        assertThat(expected).hasSizeBetween(50, 250);
        var task = Duplicates.task(storage, folder + "/vectors", threshold, 1);
        var result = Duplicates.run(run(task, task.load(), 1), task, storage, folder + "/out");
        assertThat(pairs(folder.resolve("out/" + Duplicates.DROPPED)).stream()
                        .map(pair -> 100 * Integer.parseInt(pair.shard()) + (int) pair.row()))
                .containsExactlyElementsOf(expected);
        assertThat(result.dropped()).isEqualTo(expected.size());
        assertThat(result.pictures()).isEqualTo(294);
    }

    private static double cosine(float[] a, float[] b) {
        double dot = IntStream.range(0, a.length)
                .mapToDouble(d -> (double) a[d] * b[d])
                .sum();
        double squares = IntStream.range(0, a.length)
                        .mapToDouble(d -> (double) a[d] * a[d])
                        .sum()
                * IntStream.range(0, b.length)
                        .mapToDouble(d -> (double) b[d] * b[d])
                        .sum();
        return squares == 0 ? 0 : dot / Math.sqrt(squares);
    }

    @Test
    void whatDoesNotFitIsRefused() throws IOException {
        assertThatThrownBy(() -> Duplicates.task(storage, folder.toString(), 0.9, 1))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("medley embed");
        write(folder.resolve("vectors/0.parquet"), List.of(new float[] {1, 0}));
        write(folder.resolve("vectors/1.parquet"), List.of(new float[] {1, 0, 0}));
        assertThatThrownBy(() -> Duplicates.task(storage, folder + "/vectors", 1.5, 1))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("1.5");
        var task = Duplicates.task(storage, folder + "/vectors", 0.9, 1);
        assertThatThrownBy(() -> Duplicates.run(run(task, task.load(), 1), task, storage, folder + "/out"))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("1 shards failed");
        assertThatThrownBy(() -> DedupTask.inputs(storage, task))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("no manifest.jsonl");
    }
}
