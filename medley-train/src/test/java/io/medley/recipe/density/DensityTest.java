package io.medley.recipe.density;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The library's entry: plain Java in and out, the same after loading, and bad points refused. */
class DensityTest {

    @Test
    void trainsSamplesAndMeasuresPoints(@TempDir Path home) throws IOException {
        Engine.setThreads(1);
        var run = home.resolve("run");
        var options = DensityOptions.of("realnvp", Map.of("data", "gaussian", "steps", "3", "width", "8"));
        var density = Density.train(options, run, line -> {});
        assertThat(density.options()).isEqualTo(options);
        var points = density.sample(50, 7);
        assertThat(points).hasSize(50).isEqualTo(Density.load(run).sample(50, 7));
        // Point k depends on the seed and k only.
        assertThat(density.sample(3, 7)).isEqualTo(points.subList(0, 3));
        assertThat(density.nll(points))
                .isCloseTo(-Arrays.stream(density.logDensity(points)).average().orElseThrow(), within(1e-6));
        // Only 3 steps from the identity: close to the standard normal it learns.
        assertThat(density.logDensity(List.of(new Point(0, 0)))[0]).isCloseTo(-Math.log(2 * Math.PI), within(0.2));
        assertThatThrownBy(() -> density.nll(List.of(new Point(0, 1), new Point(Double.NaN, 0))))
                .isInstanceOf(MedleyException.class)
                .hasMessageContainingAll("point 2", "NaN");
        assertThatThrownBy(() -> density.nll(List.of())).hasMessageContaining("no points");
        assertThatThrownBy(() -> density.sample(0, 1)).hasMessageContaining("count 0");
        assertThatThrownBy(() -> density.sample(5, 1, Sampling.DEFAULT)).hasMessageContaining("one pass");
    }
}
