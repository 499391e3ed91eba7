package io.medley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.checkpoint.AtomicFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code medley bootstrap} as a process of its own that is killed without warning in several of its stages: in the end the circle's shards,
 * weights and losses are those of one that nobody disturbed, to the byte.
 */
@DisabledOnOs(OS.WINDOWS)
class BootstrapKillTest {
    private static final String TINY =
            """
            # Time: seconds. Memory: little. Result: nothing of use.
            kind: bootstrap
            scenes: {web: 16, clean: 14, shard: 8, visionSteps: 4}
            model: {imageSize: 32, width: 32, heads: 2, visionLayers: 1, textLayers: 1, embedDim: 16}
            pretrain: {steps: 10, batch: 4, queue: 8}
            captioner: {steps: 6, batch: 4}
            filter: {steps: 6, batch: 4}
            capfilt: {threshold: 0.3, samples: 2, maxLength: 8, batch: 8}
            retrain: {steps: 10, batch: 4, queue: 8}
            finetune: {tasks: []}
            validation: 4
            saveSteps: 2
            threads: 1
            bfloat16: false
            """;

    private static final List<String> STAGES =
            List.of("world", "vision", "pretrain", "captioner", "filter", "capfilt", "retrain", "evaluation");
    private static final int KILLS = 3;
    private static final int LONGEST_WAIT_MILLIS = 400;
    private static final long PATIENCE_MINUTES = 5;

    @TempDir
    Path home;

    private final Random random = new Random();

    @Test
    void whereverItIsKilledTheCircleIsThatOfAnUndisturbedRun() throws Exception {
        Path recipe = Files.writeString(home.resolve("tiny.yaml"), TINY);
        Path run = home.resolve("run");
        finish(start(recipe, run));
        var expected = results(run);
        assertThat(expected)
                .containsKeys(
                        "pretrain/model.safetensors",
                        "captioner/metrics.jsonl",
                        "filter/model.safetensors",
                        "capfilt/00001.tar",
                        "capfilt/00001.parquet",
                        "retrain/metrics.jsonl");
        // Stages name each other's folders in what they write, so the second circle goes where the first was.
        Files.move(run, home.resolve("undisturbed"));

        int killed = 0;
        var places = places();
        for (int stage : places) {
            killed += killIn(stage, recipe, run) ? 1 : 0;
        }
        assertThat(killed)
                .as("processes killed at work, of those meant to be in %s", places)
                .isPositive();
        finish(start(recipe, run));

        var found = results(run);
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        found.forEach((name, bytes) ->
                assertThat(bytes).as("%s, killed in %s", name, places).isEqualTo(expected.get(name)));
        try (var files = Files.walk(run)) {
            assertThat(files.map(file -> file.getFileName().toString()))
                    .noneMatch(name -> AtomicFile.isTemporary(name) || name.startsWith(".work"));
        }
    }

    /** Different stages by number, in their order. */
    private List<Integer> places() {
        return random.ints(0, STAGES.size())
                .distinct()
                .limit(KILLS)
                .sorted()
                .boxed()
                .toList();
    }

    /** SIGKILL a moment after a stage began, or a later one if that was done before; returns whether there was still something to kill. */
    private boolean killIn(int stage, Path recipe, Path run) throws Exception {
        var process = start(recipe, run);
        long deadline = System.nanoTime() + TimeUnit.MINUTES.toNanos(PATIENCE_MINUTES);
        while (process.isAlive() && !hasBegun(stage)) {
            assertThat(System.nanoTime()).as("patience").isLessThan(deadline);
            Thread.sleep(5);
        }
        boolean ended = process.waitFor(random.nextInt(LONGEST_WAIT_MILLIS), TimeUnit.MILLISECONDS);
        process.destroyForcibly().waitFor();
        assertThat(process.exitValue()).as(() -> log()).isEqualTo(ended ? 0 : 128 + 9);
        return !ended;
    }

    private boolean hasBegun(int stage) {
        var said = log();
        return STAGES.subList(stage, STAGES.size()).stream().anyMatch(name -> said.contains(name + ": begins"));
    }

    private void finish(Process process) throws InterruptedException {
        assertThat(process.waitFor(PATIENCE_MINUTES, TimeUnit.MINUTES)).isTrue();
        assertThat(process.exitValue()).as(() -> log()).isZero();
    }

    private String log() {
        try {
            return Files.readString(home.resolve("log.txt"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private Process start(Path recipe, Path run) throws IOException {
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "bootstrap",
                recipe.toString(),
                "--out",
                run.toString());
        var builder = new ProcessBuilder(command);
        builder.environment().put("OMP_NUM_THREADS", "1");
        return builder.redirectErrorStream(true)
                .redirectOutput(home.resolve("log.txt").toFile())
                .start();
    }

    /** Weights, shards and side-cars as they are; of metrics everything but the speed. */
    private static Map<String, byte[]> results(Path run) throws IOException {
        var results = new TreeMap<String, byte[]>();
        try (var files = Files.walk(run)) {
            for (var file : files.filter(f -> f.toString().matches(".*(/model\\.safetensors|\\.tar|\\.parquet)"))
                    .toList()) {
                results.put(run.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        try (var files = Files.walk(run)) {
            for (var file : files.filter(f -> f.endsWith("metrics.jsonl")).toList()) {
                results.put(run.relativize(file).toString(), losses(file));
            }
        }
        return results;
    }

    private static byte[] losses(Path metrics) throws IOException {
        var lines = new ArrayList<String>();
        for (var line : Files.readAllLines(metrics)) {
            var values = (ObjectNode) JsonMapper.shared().readTree(line);
            values.remove("samples_per_s");
            values.remove("data_s");
            lines.add(values.toString());
        }
        return String.join("\n", lines).getBytes(StandardCharsets.UTF_8);
    }
}
