package io.medley.spark;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.Medley;
import io.medley.Models;
import io.medley.capfilt.CapFiltModels;
import io.medley.capfilt.CapFiltRun;
import io.medley.capfilt.CapFiltSettings;
import io.medley.capfilt.CapFiltTask;
import io.medley.capfilt.Policy;
import io.medley.embed.EmbedRun;
import io.medley.embed.EmbedTask;
import io.medley.scenes.PictureFormat;
import io.medley.scenes.SceneRange;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.SceneWriter;
import io.medley.shards.LocalStorage;
import io.medley.shards.LocalWorkers;
import io.medley.shards.RunOptions;
import io.medley.shards.ShardInput;
import io.medley.shards.ShardInputs;
import io.medley.shards.ShardRun;
import io.medley.shards.ShardWorkers;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.spark.api.java.JavaSparkContext;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same shards, on one machine and on Spark. */
class SparkWorkersTest {
    private static final int SHARDS = 6;

    @TempDir
    private Path temp;

    private List<ShardInput> inputs;
    private CapFiltSettings settings;
    private Map<String, byte[]> expected;

    @BeforeEach
    void onOneMachine() throws Exception {
        var shards = temp.resolve("web");
        new SceneWriter(new SceneRange(SceneSplit.WEB, 0, SHARDS * 8, 64, PictureFormat.JPEG), shards, n -> {})
                .writeShards(8);
        inputs = ShardInputs.find(List.of(shards + "/*.tar"));
        assertThat(inputs).hasSize(SHARDS);
        try (var models = CapFiltModels.load(Models.registry(), Medley.DEFAULT_MODEL, Medley.DEFAULT_MODEL, null, 1)) {
            settings = models.settings(CapFiltSettings.paperCaptions(1, 3), new Policy.Paper(0.5), 4, false, false);
            var folder = temp.resolve("expected");
            CapFiltRun.of(models, new LocalStorage(), settings, RunOptions.DEFAULT, new Quiet())
                    .run(inputs, folder);
            expected = results(folder);
        }
        assertThat(expected).hasSize(2 * SHARDS);
    }

    @Test
    void aLocalMasterWritesTheSameBytes() throws Exception {
        var folder = temp.resolve("local");
        try (var context = SparkContexts.open("local[2]", "test")) {
            var result = run(context, folder, new Quiet());
            assertThat(result.done()).isEqualTo(SHARDS);
            assertThat(result.total().count()).isEqualTo(SHARDS * 8);
            // All is done: nothing is done again.
            assertThat(run(context, folder, new Quiet()).skipped()).isEqualTo(SHARDS);
        }
        same(folder);
    }

    @Test
    void inputAndOutputMayBeHadoops() throws Exception {
        var folder = temp.resolve("hadoop");
        var storage = HadoopStorage.here();
        inputs = ShardInputs.find(List.of("file:" + temp.resolve("web") + "/*.tar"), 1000, storage);
        try (var context = SparkContexts.open("local[2]", "test")) {
            for (int i = 0; i < 2; i++) {
                var workers = new SparkWorkers(context, new CapFiltTask(settings), 1);
                var result = CapFiltRun.on(workers, storage, settings, RunOptions.DEFAULT, new Quiet())
                        .run(inputs, "file:" + folder);
                assertThat(i == 0 ? result.done() : result.skipped()).isEqualTo(SHARDS);
            }
        }
        same(folder);
    }

    @Test
    void featuresAreMadeThroughTheSameDoor() throws Exception {
        var task = EmbedTask.of(Models.registry(), Medley.DEFAULT_MODEL, 4, 1, true);
        var storage = new LocalStorage();
        try (var context = SparkContexts.open("local[2]", "test");
                var worker = task.load()) {
            var here = new LocalWorkers((input, where, progress) -> worker.run(input, where, storage, progress), 1, 0);
            for (ShardWorkers workers : List.of(here, new SparkWorkers(context, task, 1))) {
                var folder = temp.resolve(workers == here ? "here" : "there");
                var run = new ShardRun(task, workers, storage, 0, new Quiet());
                assertThat(EmbedRun.run(run, storage, inputs, folder.toString())
                                .total()
                                .count())
                        .isEqualTo(SHARDS * 8);
            }
        }
        var here = results(temp.resolve("here"));
        var there = results(temp.resolve("there"));
        assertThat(there.keySet()).isEqualTo(here.keySet()).hasSize(SHARDS);
        here.forEach((name, bytes) -> assertThat(there.get(name)).as(name).isEqualTo(bytes));
    }

    @Test
    void aWorkerKilledInMidRunChangesNothing() throws Exception {
        var folder = temp.resolve("cluster");
        System.setProperty("spark.executorEnv.OMP_NUM_THREADS", "1");
        System.setProperty("spark.executor.memory", "1g");
        System.setProperty("spark.driver.host", "127.0.0.1");
        try (var cluster = new Cluster(Files.createDirectory(temp.resolve("spark")), 2);
                var context = SparkContexts.open(cluster.address(), "test")) {
            var finished = new AtomicInteger();
            var result = run(context, folder, new Quiet() {
                @Override
                public void rows(long more) {
                    if (finished.incrementAndGet() == 1) {
                        assertThat(cluster.hasExecutor(0)).isTrue();
                        cluster.killWorker(0);
                    }
                }
            });
            assertThat(result.done()).isEqualTo(SHARDS);
            assertThat(result.failed()).isZero();
            assertThat(finished.get()).isEqualTo(SHARDS);
        } finally {
            System.clearProperty("spark.executor.memory");
            System.clearProperty("spark.executorEnv.OMP_NUM_THREADS");
            System.clearProperty("spark.driver.host");
        }
        same(folder);
    }

    @Test
    void aMasterThatIsNoneIsRefusedInOneLine() {
        assertThatThrownBy(() -> SparkContexts.open("nowhere", "test"))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("--master nowhere")
                .hasMessageNotContaining("\n");
    }

    private CapFiltRun.Result run(JavaSparkContext context, Path folder, ShardRun.Listener listener)
            throws IOException, InterruptedException {
        var workers = new SparkWorkers(context, new CapFiltTask(settings), 1);
        return CapFiltRun.on(workers, new LocalStorage(), settings, RunOptions.DEFAULT, listener)
                .run(inputs, folder);
    }

    private void same(Path folder) throws IOException {
        var actual = results(folder);
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, bytes) -> assertThat(actual.get(name)).as(name).isEqualTo(bytes));
    }

    /** Shards and side-cars; everything else holds times. */
    private static Map<String, byte[]> results(Path folder) throws IOException {
        var results = new TreeMap<String, byte[]>();
        try (var files = Files.list(folder)) {
            for (var file : files.toList()) {
                var name = file.getFileName().toString();
                assertThat(name).doesNotStartWith(".work-");
                if (name.endsWith(".tar") || name.endsWith(".parquet")) {
                    results.put(name, Files.readAllBytes(file));
                }
            }
        }
        return results;
    }

    private static class Quiet implements ShardRun.Listener {
        @Override
        public void rows(long more) {}

        @Override
        public void say(String line) {}
    }
}
