package io.medley.recipe.density;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.flow.FlowConfig;
import io.medley.flow.GlowConfig;
import io.medley.flow.NiceConfig;
import io.medley.flow.PlanarConfig;
import io.medley.flow.RadialConfig;
import io.medley.flow.RealNvpConfig;
import io.medley.tensor.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
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
        assertThat(likelihood(new RealNvpConfig(2, 8, 64, 2), ToyData.moons(0.1), 2500, 2e-3))
                .isBetween(-0.02, 0.10);
    }

    @Test
    void niceOnBanana() throws IOException {
        assertThat(likelihood(new NiceConfig(2, 4, 64, 2, false), new Banana(0.5), 1500, 5e-3))
                .isBetween(-0.01, 0.02);
    }

    @Test
    void planarOnTheRing() throws IOException {
        assertThat(energy(new PlanarConfig(2, 32))).isBetween(-0.01, 0.1);
    }

    @Test
    void radialOnTheRing() throws IOException {
        assertThat(energy(new RadialConfig(2, 32))).isBetween(-0.01, 0.1);
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

    private static double likelihood(FlowConfig config, ToyData data, long steps, double learningRate)
            throws IOException {
        return report(
                config + " on " + data.name(),
                FlowTraining.maximumLikelihood(config, data, new FlowTraining.Options(steps, 256, learningRate, 1)));
    }

    private static double energy(FlowConfig config) throws IOException {
        return report(
                config + " on the ring", FlowTraining.ringEnergy(config, new FlowTraining.Options(3000, 128, 5e-3, 1)));
    }

    private static double report(String what, FlowTraining.Result result) {
        System.out.printf(
                Locale.ROOT,
                "%s: %.4f nats, floor %.4f, excess %.4f, %.0f s%n",
                what,
                result.reached(),
                result.floor(),
                result.excess(),
                result.seconds());
        return result.excess();
    }
}
