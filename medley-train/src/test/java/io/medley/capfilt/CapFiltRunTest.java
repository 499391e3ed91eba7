package io.medley.capfilt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medley.Models;
import io.medley.data.Row;
import io.medley.data.Sample;
import io.medley.data.ShardOptions;
import io.medley.data.ShardReader;
import io.medley.decode.Decoder;
import io.medley.image.Images;
import io.medley.scenes.PictureFormat;
import io.medley.scenes.SceneRange;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.SceneWriter;
import io.medley.shards.LocalStorage;
import io.medley.shards.Manifest;
import io.medley.shards.RunOptions;
import io.medley.shards.ShardInput;
import io.medley.shards.ShardInputs;
import io.medley.shards.ShardRun;
import io.medley.shards.ShardStorage;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs with the embedded model over drawn web pages. */
class CapFiltRunTest {
    private static final int PICTURES = 24;
    private static final int SHARD = 10;
    private static final double THRESHOLD = 0.95;

    @TempDir
    private static Path root;

    @TempDir
    Path folder;

    private static CapFiltModels models;
    private static List<ShardInput> inputs;
    private static Path first;
    private static ShardStats firstStats;

    @BeforeAll
    static void runOnce() throws Exception {
        models = CapFiltModels.load(Models.registry(), "scenes", "scenes", null, 1);
        var range = new SceneRange(SceneSplit.WEB, 0, PICTURES, 64, PictureFormat.JPEG);
        new SceneWriter(range, root.resolve("web"), done -> {}).writeShards(SHARD);
        inputs = ShardInputs.find(List.of(root.resolve("web") + "/*.tar"));
        first = root.resolve("first");
        firstStats = run(settings(8), new RunOptions(1, 0, 0), inputs, first).total();
    }

    @AfterAll
    static void close() {
        models.close();
    }

    private static CapFiltSettings settings(int batch) {
        return models.settings(CapFiltSettings.paperCaptions(2, 5), new Policy.Paper(THRESHOLD), batch, false, false);
    }

    private static CapFiltRun.Result run(
            CapFiltSettings settings, RunOptions options, List<ShardInput> inputs, Path folder)
            throws IOException, InterruptedException {
        return run(settings, options, inputs, folder, new LocalStorage(), new ArrayList<>());
    }

    private static CapFiltRun.Result run(
            CapFiltSettings settings,
            RunOptions options,
            List<ShardInput> inputs,
            Path folder,
            ShardStorage storage,
            List<String> said)
            throws IOException, InterruptedException {
        return CapFiltRun.of(models, storage, settings, options, new ShardRun.Listener() {
                    @Override
                    public void rows(long more) {}

                    @Override
                    public void say(String line) {
                        said.add(line);
                    }
                })
                .run(inputs, folder);
    }

    private static Map<String, Sample> samples(Path tar) {
        var samples = new LinkedHashMap<String, Sample>();
        try (var reader = ShardReader.open(tar, ShardOptions.DEFAULT.textOptional())) {
            while (reader.hasNext()) {
                var row = reader.next();
                assertThat(row).isInstanceOf(Row.Good.class);
                samples.put(row.key(), ((Row.Good<Sample>) row).value());
            }
        }
        return samples;
    }

    private static List<SideCarRow> rows(Path folder) throws IOException {
        var rows = new ArrayList<SideCarRow>();
        try (Stream<Path> files = Files.list(folder)) {
            for (var file : files.filter(f -> f.toString().endsWith(".parquet"))
                    .sorted()
                    .toList()) {
                try (var some = SideCar.read(file)) {
                    some.forEachRemaining(rows::add);
                }
            }
        }
        return rows;
    }

    /** Shards and side-cars by name; statistics and manifest hold times. */
    private static Map<String, byte[]> bytes(Path folder) throws IOException {
        var bytes = new LinkedHashMap<String, byte[]>();
        try (Stream<Path> files = Files.list(folder)) {
            for (var file : files.filter(f -> f.toString().matches(".*\\.(tar|parquet)"))
                    .sorted()
                    .toList()) {
                bytes.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return bytes;
    }

    private static void assertSame(Path one, Path other) throws IOException {
        var left = bytes(one);
        var right = bytes(other);
        assertThat(left.keySet()).isEqualTo(right.keySet());
        left.forEach((name, content) -> assertThat(content).as(name).isEqualTo(right.get(name)));
    }

    @Test
    void keptSamplesHaveTheirKeysPicturesAndBestTexts() throws IOException {
        var rows = rows(first);
        assertThat(rows).hasSize(3 * PICTURES);
        int written = 0;
        for (var input : inputs) {
            var before = samples(Path.of(input.source()));
            var after = samples(first.resolve(input.name() + ".tar"));
            assertThat(before.keySet()).containsSubsequence(after.keySet());
            for (var key : before.keySet()) {
                var texts = rows.stream().filter(row -> row.key().equals(key)).toList();
                assertThat(texts.stream().map(SideCarRow::source)).containsExactly("web", "synthetic", "synthetic");
                assertThat(texts.get(0).text())
                        .isEqualTo(before.get(key).texts().get(0));
                var kept = texts.stream().filter(SideCarRow::kept).toList();
                for (var text : texts) {
                    boolean above = text.itmProbability() >= THRESHOLD;
                    assertThat(text.kept()).isEqualTo(above && !text.reason().equals("duplicate"));
                }
                assertThat(after.containsKey(key)).isEqualTo(!kept.isEmpty());
                if (!kept.isEmpty()) {
                    written++;
                    var sample = after.get(key);
                    assertThat(sample.image().bytes())
                            .isEqualTo(before.get(key).image().bytes());
                    var best = kept.stream()
                            .max(Comparator.comparingDouble(SideCarRow::itmLogit))
                            .orElseThrow();
                    assertThat(sample.texts()).containsExactly(best.text());
                    assertThat(sample.metadata().path("caption").asString()).isEqualTo(best.text());
                    assertThat(sample.metadata().path("capfilt").path("kept").size())
                            .isEqualTo(kept.size());
                    assertThat(sample.metadata().path("scene"))
                            .isEqualTo(before.get(key).metadata().path("scene"));
                }
            }
        }
        assertThat(written).isBetween(1, PICTURES - 1);
        assertThat(firstStats.written()).isEqualTo(written);
        assertThat(firstStats.successes()).isEqualTo(PICTURES);
        assertThat(firstStats.synthetic().count()).isEqualTo(2L * PICTURES);
        assertThat(Files.readString(first.resolve(CapFiltRun.REPORT))).contains("data:image/jpeg;base64,", "generate");
        assertThat(first.resolve(CapFiltRun.STATS)).exists();
    }

    @Test
    void anyNumberOfWorkersWritesTheSameBytes() throws Exception {
        run(settings(8), new RunOptions(3, 0, 0), inputs, folder);
        assertSame(first, folder);
    }

    @Test
    void otherBatchesThreadsAndWorkersAgree() throws Exception {
        var one = rows(first);
        int threads = Engine.threads();
        try {
            for (var other : List.of(new int[] {3, 1, 1}, new int[] {16, 2, 2})) {
                Engine.setThreads(other[1]);
                var out = folder.resolve(other[0] + "-" + other[1] + "-" + other[2]);
                run(settings(other[0]), new RunOptions(other[2], 0, 0), inputs, out);
                assertAgree(one, rows(out));
            }
        } finally {
            Engine.setThreads(threads);
        }
    }

    /** At least 99.5 % of the texts, and 1e-4 of the scores of equal texts. */
    private static void assertAgree(List<SideCarRow> one, List<SideCarRow> other) {
        assertThat(other).hasSameSizeAs(one);
        int same = 0;
        for (int i = 0; i < one.size(); i++) {
            assertThat(other.get(i).key()).isEqualTo(one.get(i).key());
            if (other.get(i).text().equals(one.get(i).text())) {
                same++;
                assertThat(other.get(i).itmProbability()).isCloseTo(one.get(i).itmProbability(), within(1e-4));
                assertThat(other.get(i).itcCosine()).isCloseTo(one.get(i).itcCosine(), within(1e-4));
            }
        }
        assertThat(same).isGreaterThanOrEqualTo((int) Math.ceil(0.995 * one.size()));
    }

    /** Batches that are refilled write what batches that are not do. */
    @Test
    void captionsDoNotDependOnWhatIsWrittenBesideThem() throws IOException {
        var written = rows(first).stream()
                .filter(row -> row.source().equals("synthetic"))
                .iterator();
        var options = CapFiltSettings.paperCaptions(2, 5);
        for (var input : inputs) {
            for (var sample : samples(Path.of(input.source())).entrySet()) {
                var image = Images.read(sample.getValue().image().bytes(), sample.getKey());
                long[] keys = {Decoder.key(sample.getKey())};
                try (var encoded =
                        models.captioner().encode(List.of(models.captioner().prepare(image)), models.uses())) {
                    for (var caption :
                            models.captioner().caption(encoded, options, keys).get(0)) {
                        var row = written.next();
                        assertThat(row.key()).isEqualTo(sample.getKey());
                        assertThat(row.text()).isEqualTo(caption.text());
                        assertThat(row.logProbability()).isCloseTo(caption.score(), within(1e-4));
                    }
                }
            }
        }
        assertThat(written.hasNext()).isFalse();
    }

    @Test
    void anotherSeedWritesOtherTexts() throws Exception {
        var settings =
                models.settings(CapFiltSettings.paperCaptions(2, 6), new Policy.Paper(THRESHOLD), 8, false, false);
        run(settings, RunOptions.DEFAULT, inputs.subList(0, 1), folder);
        var one = rows(first);
        var other = rows(folder);
        long same = IntStream.range(0, other.size())
                .filter(i -> other.get(i).source().equals("synthetic")
                        && other.get(i).text().equals(one.get(i).text()))
                .count();
        assertThat(same).isLessThan(SHARD);
    }

    @Test
    void finishedShardsAreSkippedAndOtherSettingsRefused() throws Exception {
        assertThat(run(settings(8), RunOptions.DEFAULT, inputs.subList(0, 1), folder)
                        .done())
                .isEqualTo(1);
        var manifest = folder.resolve(Manifest.NAME);
        // A process died while it wrote a line, and another left its workspace.
        Files.writeString(manifest, Files.readString(manifest) + "{\"shard\":\"000");
        Files.createDirectory(folder.resolve(".work-left"));
        Files.writeString(folder.resolve(".work-left/00001.tar"), "half");
        var result = run(settings(8), RunOptions.DEFAULT, inputs, folder);
        assertThat(result.skipped()).isEqualTo(1);
        assertThat(result.done()).isEqualTo(2);
        assertThat(result.total().withoutExamples().successes()).isEqualTo(PICTURES);
        assertThat(folder.resolve(".work-left")).doesNotExist();
        assertSame(first, folder);
        assertThatThrownBy(() -> run(settings(4), RunOptions.DEFAULT, inputs, folder))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("batch was 8, is 4");
        try (var open = Manifest.open(new LocalStorage(), folder.toString(), new CapFiltTask(settings(8)))) {
            assertThatThrownBy(() -> run(settings(8), RunOptions.DEFAULT, inputs, folder))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("writing here");
        }
    }

    @Test
    void theInputIsNeverOverwritten() {
        var web = root.resolve("web");
        assertThatThrownBy(() -> run(settings(8), RunOptions.DEFAULT, inputs, web))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("give another --out");
    }

    /** Storage on which one shard can be read at the third attempt only, and another never. */
    private static ShardStorage tired(Map<String, Integer> tries) {
        var local = new LocalStorage();
        return (ShardStorage) Proxy.newProxyInstance(
                CapFiltRunTest.class.getClassLoader(), new Class<?>[] {ShardStorage.class}, (self, method, given) -> {
                    if (method.getName().equals("open")) {
                        var name = ((ShardInput) given[0]).name();
                        int n = tries.merge(name, 1, Integer::sum);
                        if ((name.equals("00001") && n < 3) || name.equals("00002")) {
                            throw new MedleyException("the disk is tired");
                        }
                    }
                    try {
                        return method.invoke(local, given);
                    } catch (InvocationTargetException e) {
                        throw e.getCause();
                    }
                });
    }

    @Test
    void failedShardsAreTriedAgainAndThenGivenUp() throws Exception {
        var tries = new ConcurrentHashMap<String, Integer>();
        var storage = tired(tries);
        var said = new ArrayList<String>();
        var result = run(settings(8), new RunOptions(1, 2, 0), inputs, folder, storage, said);
        assertThat(result.done()).isEqualTo(2);
        assertThat(result.failed()).isEqualTo(1);
        assertThat(tries).containsEntry("00001", 3).containsEntry("00002", 3);
        assertThat(said).anyMatch(line -> line.contains("00002 failed: the disk is tired"));
        assertThat(folder.resolve("00002.tar")).doesNotExist();
        assertThat(run(settings(8), RunOptions.DEFAULT, inputs, folder).failed())
                .isZero();
        assertSame(first, folder);
    }

    @Test
    void theSameShardTwiceAtOnceIsNoHarm() throws Exception {
        var job = copied(new ShardJob(inputs.get(1), folder.toString(), settings(8)));
        var pool = Executors.newFixedThreadPool(2);
        try {
            List<Future<ShardStats>> both = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                both.add(pool.submit(() -> job.run(models, new LocalStorage(), ShardJob.QUIET)));
            }
            for (var one : both) {
                assertThat(one.get().successes()).isEqualTo(SHARD);
            }
        } finally {
            pool.shutdownNow();
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(f -> f.getFileName().toString()))
                    .containsExactlyInAnyOrder("00001.tar", "00001.parquet", "00001_stats.json");
        }
        for (var name : List.of("00001.tar", "00001.parquet")) {
            assertThat(folder.resolve(name)).hasSameBinaryContentAs(first.resolve(name));
        }
    }

    private static ShardJob copied(ShardJob job) throws IOException, ClassNotFoundException {
        var bytes = new ByteArrayOutputStream();
        try (var out = new ObjectOutputStream(bytes)) {
            out.writeObject(job);
        }
        try (var in = new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
            var copy = (ShardJob) in.readObject();
            assertThat(copy).isEqualTo(job);
            return copy;
        }
    }

    @Test
    void judgingAgainGivesWhatAFreshRunGives() throws Exception {
        var best = new Policy.BestOf(0.9);
        var fresh = folder.resolve("fresh");
        var again = folder.resolve("again");
        run(settings(8).judging(best, true), RunOptions.DEFAULT, inputs, fresh);
        var settings = CapFiltSettings.of(Manifest.settings(new LocalStorage(), first.toString()))
                .judging(best, true);
        assertThat(settings).isEqualTo(settings(8).judging(best, true));
        var listener = new ShardRun.Listener() {
            @Override
            public void rows(long more) {}

            @Override
            public void say(String line) {}
        };
        var result = CapFiltRun.again(first, new LocalStorage(), settings, RunOptions.DEFAULT, listener)
                .run(inputs, again);
        assertThat(result.total().written()).isEqualTo(PICTURES);
        assertThat(result.total().web().kept() + result.total().synthetic().kept())
                .isBetween(1L, (long) PICTURES);
        assertSame(fresh, again);
    }

    @Test
    void captionerAndFilterMayBeTwoModels() throws Exception {
        var other = folder.resolve("other");
        Files.createDirectories(other);
        var embedded = Models.registry().find("scenes").path();
        for (var name : List.of("model.safetensors", "vqa.safetensors", "vocab.txt")) {
            Files.copy(embedded.resolve(name), other.resolve(name));
        }
        // The same numbers under another identity.
        Files.writeString(other.resolve("config.json"), Files.readString(embedded.resolve("config.json")) + "\n");
        try (var apart = CapFiltModels.load(Models.registry(), "scenes", other.toString(), null, 1)) {
            assertThat(apart.shared()).isFalse();
            var settings =
                    apart.settings(CapFiltSettings.paperCaptions(2, 5), new Policy.Paper(THRESHOLD), 8, false, false);
            var out = folder.resolve("out");
            new ShardJob(inputs.get(0), out.toString(), settings).run(apart, new LocalStorage(), ShardJob.QUIET);
            var rows = rows(out);
            var same = rows(first);
            for (int i = 0; i < rows.size(); i++) {
                assertThat(rows.get(i).text()).isEqualTo(same.get(i).text());
                assertThat(rows.get(i).itmProbability()).isCloseTo(same.get(i).itmProbability(), within(1e-4));
            }
        }
    }

    @Test
    void anEmbeddingModelAddsAScore() throws Exception {
        try (var ranked = CapFiltModels.load(Models.registry(), "scenes", "scenes", "scenes", 1)) {
            var settings =
                    ranked.settings(CapFiltSettings.paperCaptions(1, 5), new Policy.ClipRank(1), 8, false, false);
            new ShardJob(inputs.get(0), folder.toString(), settings).run(ranked, new LocalStorage(), ShardJob.QUIET);
            for (var row : rows(folder)) {
                // The filter's own ITC head serves as the other model here.
                assertThat(row.clipScore()).isCloseTo(row.itcCosine(), within(1e-4));
            }
            assertThat(samples(folder.resolve("00000.tar"))).hasSize(SHARD);
        }
    }

    @Test
    void aDryRunWritesOnlyAReport() throws Exception {
        var page = folder.resolve("page.html");
        var estimate = DryRun.run(models, new LocalStorage(), settings(8), inputs, 12, page, ShardJob.QUIET);
        assertThat(estimate.sample().count()).isEqualTo(12);
        assertThat(estimate.rows()).isBetween(PICTURES / 2L, PICTURES * 2L);
        assertThat(estimate.line()).contains("12 rows tried");
        assertThat(page).content().contains("dry run");
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files).containsExactly(page);
        }
    }
}
