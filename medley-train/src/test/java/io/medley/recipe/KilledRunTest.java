package io.medley.recipe;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.checkpoint.AtomicFile;
import io.medley.checkpoint.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.DisabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * BLIP's pre-training (momentum, queue, hard negatives, moving average, accumulated batches) killed at random moments, out of disk, asked to
 * end: in the end it has the losses and the weights of a training that was never interrupted, to the bit.
 */
@DisabledOnOs(OS.WINDOWS)
class KilledRunTest {
    private static final int STEPS = 45;
    private static final int SAVE_EVERY = 3;
    private static final long PATIENCE_SECONDS = 240;

    @TempDir
    Path home;

    private final Map<String, String> settings = settings();
    private final Random random = new Random();

    private static Map<String, String> settings() {
        var settings = new LinkedHashMap<String, String>();
        settings.put("steps", Integer.toString(STEPS));
        settings.put("threads", "1");
        settings.put("precision", "float32");
        settings.put("batch", "4");
        settings.put("queue", "16");
        settings.put("accumulate", "2");
        settings.put("average", "0.99");
        settings.put("checkpoint.steps", Integer.toString(SAVE_EVERY));
        settings.put("model.imageSize", "32");
        settings.put("model.width", "32");
        settings.put("model.heads", "2");
        settings.put("model.visionLayers", "1");
        settings.put("model.textLayers", "1");
        settings.put("model.embedDim", "16");
        return settings;
    }

    @Test
    void whateverEndsItNothingIsLost() throws Exception {
        var whole = home.resolve("whole");
        TrainingProcess.train("scenes-tiny", whole, settings);
        var run = home.resolve("interrupted");

        killAtARandomMoment(run);
        fillTheDisk(run);
        killAtARandomMoment(run);
        askToEnd(run);
        killAtARandomMoment(run);
        TrainingProcess.train("scenes-tiny", run, settings);

        assertThat(losses(run)).isEqualTo(losses(whole));
        for (var weights : List.of("last.safetensors", "average.safetensors", "model.safetensors")) {
            assertThat(Files.readAllBytes(run.resolve(weights)))
                    .as(weights)
                    .isEqualTo(Files.readAllBytes(whole.resolve(weights)));
        }
        try (var files = Files.list(run)) {
            assertThat(files.map(f -> f.getFileName().toString())).noneMatch(AtomicFile::isTemporary);
        }
    }

    /** SIGKILL some steps on, anywhere in a step or in a save. */
    private void killAtARandomMoment(Path run) throws Exception {
        long before = steps(run);
        var process = start(run, "exec \"$@\"");
        awaitSteps(process, run, before, 2 + random.nextInt(6));
        Thread.sleep(random.nextInt(60));
        process.destroyForcibly();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 9);
    }

    /** No file may grow beyond 64 blocks any more, so neither weights nor state can be written. */
    private void fillTheDisk(Path run) throws Exception {
        var before = Files.readAllBytes(run.resolve("state.safetensors"));
        assertThat(before.length).isGreaterThan(64 * 1024);
        var process = start(run, "ulimit -f 64; exec \"$@\"");
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(2);
        var lines = Files.readAllLines(run.resolveSibling("err.txt"));
        assertThat(lines.get(lines.size() - 1))
                .contains("cannot be written", "make room", "stands, and the same command continues from it");
        assertThat(Files.readAllBytes(run.resolve("state.safetensors"))).isEqualTo(before);
    }

    /** SIGTERM: it ends the step and saves, so no step has to be taken again. */
    private void askToEnd(Path run) throws Exception {
        long before = steps(run);
        var process = start(run, "exec \"$@\"");
        awaitSteps(process, run, before, 2);
        process.destroy();
        assertThat(process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(128 + 15);
        try (var state = Checkpoint.open(run.resolve("state.safetensors"))) {
            assertThat(state.metadata()).containsEntry("step", Long.toString(steps(run)));
        }
        assertThat(Files.readString(run.resolveSibling("err.txt"))).contains("and saved; the same command continues");
    }

    private Process start(Path run, String script) throws IOException {
        var command = new ArrayList<>(List.of(
                "sh",
                "-c",
                script,
                "sh",
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx512m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-Djava.awt.headless=true",
                "-cp",
                System.getProperty("java.class.path"),
                TrainingProcess.class.getName(),
                "scenes-tiny",
                run.toString()));
        settings.forEach((name, value) -> command.add(name + "=" + value));
        var builder = new ProcessBuilder(command);
        builder.environment().put("OMP_NUM_THREADS", "1");
        return builder.redirectOutput(run.resolveSibling("out.txt").toFile())
                .redirectError(run.resolveSibling("err.txt").toFile())
                .start();
    }

    /** Waits until the process has taken steps of its own, and the first checkpoint of all is there. */
    private static void awaitSteps(Process process, Path run, long before, int more)
            throws IOException, InterruptedException {
        // Starting again drops the steps after the last checkpoint, at most SAVE_EVERY of them.
        long enough = Math.max(before + more, SAVE_EVERY + 1);
        long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
        while (steps(run) < enough) {
            assertThat(process.isAlive())
                    .as(() -> "the training ended early: " + errors(run))
                    .isTrue();
            assertThat(System.nanoTime()).as("patience").isLessThan(deadline);
            Thread.sleep(5);
        }
    }

    private static String errors(Path run) {
        try {
            return Files.readString(run.resolveSibling("err.txt"));
        } catch (IOException e) {
            return e.toString();
        }
    }

    private static long steps(Path run) throws IOException {
        var file = run.resolve("metrics.jsonl");
        if (!Files.exists(file)) {
            return 0;
        }
        return new String(Files.readAllBytes(file))
                .chars()
                .filter(c -> c == '\n')
                .count();
    }

    /** Everything in the metrics but the speed. */
    private static List<String> losses(Path run) throws IOException {
        var lines = new ArrayList<String>();
        for (var line : Files.readAllLines(run.resolve("metrics.jsonl"))) {
            var values = (ObjectNode) JsonMapper.shared().readTree(line);
            values.remove("samples_per_s");
            values.remove("data_s");
            lines.add(values.toString());
        }
        return lines;
    }
}
