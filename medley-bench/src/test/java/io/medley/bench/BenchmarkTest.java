package io.medley.bench;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medley.model.blip.BlipConfig;
import io.medley.tensor.MedleyException;
import java.util.List;
import org.junit.jupiter.api.Test;

class BenchmarkTest {
    private static BenchTask task(String name) {
        return new BenchTask(name, () -> {}, 0, 1);
    }

    @Test
    void arithmeticIsCountedAsThePeersCountIt() {
        var base = BlipConfig.base(384);
        assertThat(Flops.image(base.vision())).isCloseTo(110.96e9, within(0.05e9));
        assertThat(Flops.imageMemory(base)).isCloseTo(16.34e9, within(0.01e9));
    }

    @Test
    void patternsChooseTasks() {
        var tasks = List.of(task("enc_b1"), task("cap_beam3_b1"), task("enc_b8"));
        assertThat(Benchmark.select(tasks, List.of("enc_*")))
                .extracting(BenchTask::name)
                .containsExactly("enc_b1", "enc_b8");
        assertThat(Benchmark.select(tasks, List.of())).isEqualTo(tasks);
        assertThatThrownBy(() -> Benchmark.select(tasks, List.of("encode")))
                .isInstanceOf(MedleyException.class)
                .hasMessage("no benchmark task fits encode; there are enc_b1, cap_beam3_b1, enc_b8");
        var large = new BenchTask("large", () -> {}, 0, 1, true);
        assertThat(Benchmark.select(List.of(tasks.get(0), large), List.of())).containsExactly(tasks.get(0));
        assertThat(Benchmark.select(List.of(tasks.get(0), large), List.of("l*")))
                .containsExactly(large);
    }

    @Test
    void disturbedSamplesAreLeftOut() {
        var timing = Timing.of(List.of(new Sample(9, 0.5), new Sample(1, 0), new Sample(2, 0.01), new Sample(3, 0.02)));
        assertThat(timing).isEqualTo(new Timing(2, 1, 4, 3, 0.02));
        assertThat(Timing.of(List.of(new Sample(4, 0.9), new Sample(6, 0.5), new Sample(5, 0.6)))
                        .clean())
                .isZero();
    }

    @Test
    void tasksRunOnRandomWeights() {
        var tasks = Benchmark.select(
                Benchmark.all(32), List.of("enc_b1", "cap_beam3_b1", "train_tiny_b32", "pretrain_tiny_b32"));
        var report = Benchmark.run(tasks, 1, name -> {});
        assertThat(report.results()).hasSize(4).allMatch(r -> r.medianSeconds() > 0);
        assertThat(report.results().subList(0, 3)).allMatch(r -> r.gflops() > 0);
        assertThat(report.roofline()).isPositive();
    }
}
