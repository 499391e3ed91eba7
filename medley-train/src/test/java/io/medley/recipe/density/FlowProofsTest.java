package io.medley.recipe.density;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.flow.GlowConfig;
import io.medley.tensor.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The figures of docs/results/flows.md: {@code mvn -Pslow test -Dtest=FlowProofsTest}. Each prints what it reached. */
@Tag("slow")
class FlowProofsTest {

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    @Test
    void realNvpOnMoons() throws IOException {
        var options = new FlowOptions("moons", "realnvp", FlowOptions.Fit.SAMPLES, 8, 64, 2, 2500, 256, 2e-3, 0, 1);
        assertThat(trained(options).excess()).isBetween(-0.02, 0.10);
    }

    @Test
    void niceOnBanana() throws IOException {
        var options = new FlowOptions("banana", "nice", FlowOptions.Fit.SAMPLES, 4, 64, 2, 1500, 256, 5e-3, 0, 1);
        assertThat(trained(options).excess()).isBetween(-0.01, 0.02);
    }

    @Test
    void planarOnTheRing() throws IOException {
        assertThat(freeEnergy("planar")).isBetween(-0.01, 0.1);
    }

    @Test
    void radialOnTheRing() throws IOException {
        assertThat(freeEnergy("radial")).isBetween(-0.01, 0.1);
    }

    @Test
    void glowOnScenes() throws IOException {
        var directory = Files.createDirectories(Path.of("target", "glow"));
        var glow = new GlowScenes(new GlowConfig(3, 32, 3, 4, 48), 1);
        var result = glow.train(400, 16, 2e-3, step -> {});
        System.out.println("Glow on scenes: " + result);
        glow.writeSamples(directory.resolve("glow-samples.png"));
        glow.writeInterpolations(directory.resolve("glow-interpolations.png"));
        assertThat(result.bitsPerDimension()).isBetween(1.0, 8.0);
        assertThat(result.inverseError()).isLessThan(1e-4);
    }

    /** How far the free energy of a fit to U1 is above −ln Z, in nats. */
    private static double freeEnergy(String model) throws IOException {
        var options = new FlowOptions("ring", model, FlowOptions.Fit.ENERGY, 32, 64, 2, 1500, 128, 1e-2, 0.4, 1);
        return trained(options).loss().orElseThrow().excess();
    }

    private static Evaluation trained(FlowOptions options) throws IOException {
        var evaluation = Evaluation.of(PointFlow.fresh(options).training().run());
        System.out.println(options + ": " + evaluation);
        return evaluation;
    }
}
