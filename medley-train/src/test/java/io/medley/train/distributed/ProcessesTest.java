package io.medley.train.distributed;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medley.checkpoint.Checkpoint;
import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** Two processes learn what one does, and none outlives another. */
class ProcessesTest {
    private static final double TOLERANCE = 1e-5;

    private final List<String> output = new CopyOnWriteArrayList<>();

    private int run(Class<?> main, int processes, String... arguments) throws IOException, InterruptedException {
        return LocalProcesses.run(
                LocalProcesses.command(main.getName(), List.of(arguments)),
                processes,
                Map.of("OMP_NUM_THREADS", "1"),
                output::add,
                output::add);
    }

    private static Map<String, Tensor> load(Path file) throws IOException {
        var tensors = new LinkedHashMap<String, Tensor>();
        try (var checkpoint = Checkpoint.open(file)) {
            checkpoint
                    .names()
                    .forEach(name -> tensors.put(name, checkpoint.load(name).copy()));
        }
        return tensors;
    }

    private static double gap(Tensor a, Tensor b) {
        return a.to(DType.FLOAT64)
                .sub(b.to(DType.FLOAT64))
                .abs()
                .reshape(-1)
                .amax(0, false)
                .item();
    }

    @Test
    void twoProcessesEqualOneWithTheWholeBatch(@TempDir Path folder) throws IOException, InterruptedException {
        assertThat(run(SharedPretraining.class, 2, folder.toString())).isZero();
        assertThat(output).containsExactlyInAnyOrder("finished", "rank 1: finished");
        var first = load(folder.resolve("rank0.safetensors"));
        var second = load(folder.resolve("rank1.safetensors"));
        var alone = SharedPretraining.run(World.single());
        assertThat(first.keySet()).isEqualTo(alone.keySet());
        for (var name : alone.keySet()) {
            if (name.equals("overlap")) {
                continue;
            }
            assertThat(gap(first.get(name), second.get(name)))
                    .as("ranks at " + name)
                    .isZero();
            // Adam divides a gradient by its size, so where there is none but rounding (a key's bias) weights differ
            // freely.
            if (name.startsWith("losses.") || name.startsWith("gradients.") || name.contains("queue")) {
                assertThat(gap(first.get(name), alone.get(name))).as(name).isLessThan(TOLERANCE);
            }
        }
        assertThat(alone.get("gradients.3").abs().sum().item()).isGreaterThan(1);
        assertThat(first.get("losses.0").toDoubles()[1]).isGreaterThan(0.1);
        // Of many buckets most were under way before backward had ended.
        var overlap = first.get("overlap").toLongs();
        assertThat(overlap[1]).isGreaterThan(5);
        assertThat(overlap[0]).isGreaterThan(overlap[1] / 2).isLessThanOrEqualTo(overlap[1]);
        aRunOfTwoEqualsARunOfOne(folder);
    }

    private static void aRunOfTwoEqualsARunOfOne(Path folder) throws IOException {
        SharedRun.train(folder.resolve("alone"), World.single());
        var two = losses(folder.resolve("run"));
        var one = losses(folder.resolve("alone"));
        assertThat(two).hasSize(5);
        for (int step = 0; step < two.size(); step++) {
            assertThat(two.get(step)).isCloseTo(one.get(step), within(TOLERANCE));
        }
        assertThat(two.get(4)).isLessThan(two.get(0));
        assertThatThrownBy(() -> SharedRun.train(folder.resolve("run"), World.single()))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("was trained by 2 processes, now there are 1");
    }

    private static List<Double> losses(Path run) throws IOException {
        return Files.readAllLines(run.resolve("metrics.jsonl")).stream()
                .map(line -> JsonMapper.shared().readTree(line).path("loss").asDouble())
                .toList();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void aKilledProcessEndsTheOthersWithinSeconds() {
        assertThatThrownBy(() -> run(DyingProcess.class, 2))
                .isInstanceOf(MedleyException.class)
                .hasMessage("rank 1 of 2 ended with status 137 (signal 9); the other processes were stopped."
                        + " The same command continues the run");
        long now = System.currentTimeMillis();
        var died = output.stream()
                .filter(line -> line.startsWith(DyingProcess.DYING))
                .map(line -> Instant.ofEpochMilli(Long.parseLong(line.substring(DyingProcess.DYING.length()))))
                .toList();
        assertThat(died).hasSize(1);
        assertThat(Duration.between(died.get(0), Instant.ofEpochMilli(now))).isLessThan(Duration.ofSeconds(15));
        assertThat(output).anySatisfy(line -> assertThat(line)
                .startsWith("noticed: rank 0 of 2: ")
                .contains("another process has most likely ended"));
        assertThat(ProcessHandle.current().children().filter(ProcessHandle::isAlive))
                .isEmpty();
    }

    @Test
    void oneProcessNeedsNoGroup() {
        try (var world = World.join(Map.of())) {
            assertThat(world.size()).isEqualTo(1);
            assertThat(world.isFirst()).isTrue();
            assertThat(world.gather().processes()).isEqualTo(1);
            assertThat(world.mean(1.5, 2)).containsExactly(1.5, 2);
        }
        assertThat(World.join(Map.of("WORLD_SIZE", "1", "RANK", "0")).size()).isEqualTo(1);
    }

    @Test
    void wrongEnvironmentsAreSaid() {
        assertThatThrownBy(() -> World.join(Map.of("WORLD_SIZE", "2", "RANK", "2")))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("RANK=2");
        assertThatThrownBy(() -> World.join(Map.of("WORLD_SIZE", "2")))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("RANK");
        assertThatThrownBy(() -> World.join(Map.of("WORLD_SIZE", "two")))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("WORLD_SIZE=two");
        assertThatThrownBy(() -> World.join(Map.of("WORLD_SIZE", "2", "RANK", "0", "MASTER_PORT", "70000")))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("70000");
    }
}
