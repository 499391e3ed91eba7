package io.medley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.scenes.PictureFormat;
import io.medley.scenes.SceneRange;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.SceneWriter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code medley capfilt} as a process of its own that is killed without warning, again and again. */
class CapfiltKillTest {
    private static final int PICTURES = 48;
    private static final int SHARD = 8;
    private static final int KILLS = 3;

    @TempDir
    Path home;

    @Test
    void whateverIsKilledTheOutputIsThatOfAnUndisturbedRun() throws Exception {
        var range = new SceneRange(SceneSplit.WEB, 0, PICTURES, 64, PictureFormat.JPEG);
        new SceneWriter(range, home.resolve("web"), done -> {}).writeShards(SHARD);
        Path calm = home.resolve("calm");
        var none = workspaces(calm);
        Process undisturbed = start(calm);
        // Loading takes a time that says nothing; what counts is when work begins and how long it takes.
        long begin = untilWork(undisturbed, calm, none);
        assertThat(undisturbed.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(undisturbed.exitValue()).isZero();
        long working = System.nanoTime() - begin;

        Path disturbed = home.resolve("disturbed");
        Random random = new Random(3);
        int killed = 0;
        for (int i = 0; i < KILLS; i++) {
            var left = workspaces(disturbed);
            Process process = start(disturbed);
            untilWork(process, disturbed, left);
            boolean ended = process.waitFor((long) (random.nextDouble() * working / KILLS), TimeUnit.NANOSECONDS);
            killed += ended ? 0 : 1;
            process.destroyForcibly().waitFor();
        }
        assertThat(killed).as("processes that were killed at work").isPositive();
        Process last = start(disturbed);
        assertThat(last.waitFor(5, TimeUnit.MINUTES)).isTrue();
        assertThat(last.exitValue()).isZero();

        var expected = output(calm);
        var found = output(disturbed);
        assertThat(found.keySet()).isEqualTo(expected.keySet());
        assertThat(expected).hasSize(2 * PICTURES / SHARD);
        expected.forEach((name, bytes) -> assertThat(found.get(name)).as(name).isEqualTo(bytes));
        assertThat(workspaces(disturbed)).isEmpty();
    }

    private Process start(Path out) throws IOException {
        var command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx1g",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName(),
                "capfilt",
                "--in",
                home.resolve("web") + "/*.tar",
                "--out",
                out.toString(),
                "--batch",
                "4",
                "--workers",
                "2",
                "--threads",
                "1");
        return new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log.txt").toFile())
                .start();
    }

    /** Waits until a shard is being worked on; returns the time then. */
    private static long untilWork(Process process, Path out, Set<String> before)
            throws IOException, InterruptedException {
        while (process.isAlive() && before.containsAll(workspaces(out))) {
            Thread.sleep(5);
        }
        return System.nanoTime();
    }

    private static Set<String> workspaces(Path out) throws IOException {
        if (!Files.isDirectory(out)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(out)) {
            return files.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith(".work"))
                    .collect(Collectors.toSet());
        }
    }

    /** Shards and side-cars; statistics and manifest hold times. */
    private static TreeMap<String, byte[]> output(Path folder) throws IOException {
        var bytes = new TreeMap<String, byte[]>();
        try (Stream<Path> files = Files.list(folder)) {
            for (Path file : files.filter(f -> f.toString().matches(".*\\.(tar|parquet)"))
                    .toList()) {
                bytes.put(file.getFileName().toString(), Files.readAllBytes(file));
            }
        }
        return bytes;
    }
}
