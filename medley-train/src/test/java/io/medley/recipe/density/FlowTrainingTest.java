package io.medley.recipe.density;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.tensor.Engine;
import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.assertj.core.api.Assertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Flows learn, and never get below what is possible. The longer proofs are in {@link FlowProofsTest}. */
class FlowTrainingTest {

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    /** One additive coupling is exact on the banana. */
    @Test
    void niceLearnsTheBanana() throws IOException {
        var options = new FlowOptions("banana", "nice", FlowOptions.Fit.SAMPLES, 4, 32, 2, 500, 256, 5e-3, 0, 1);
        assertThat(Evaluation.of(PointFlow.fresh(options).training().run()).excess())
                .isBetween(-0.01, 0.02);
    }

    @Test
    void morePlanarMapsComeCloserToTheRing() throws IOException {
        var two = freeEnergy(2);
        var eight = freeEnergy(8);
        assertThat(eight).isGreaterThan(-Ring.LOG_Z).isLessThan(two);
    }

    /** E[ln q + U], never below −ln Z. */
    private static double freeEnergy(int layers) throws IOException {
        var options = new FlowOptions("ring", "planar", FlowOptions.Fit.ENERGY, layers, 64, 2, 300, 64, 1e-2, 0.3, 1);
        var model = PointFlow.fresh(options).training().run();
        return FlowTraining.floor(model, Generator.of(5), 20_000).learnt();
    }

    /** The floor itself: ln Z by the midpoint rule. */
    @Test
    void ringEnergyHasItsPartitionFunction() {
        int steps = 600;
        double reach = 6;
        double step = 2 * reach / steps;
        var points = new double[2 * steps * steps];
        for (int i = 0; i < steps * steps; i++) {
            points[2 * i] = -reach + (i / steps + 0.5) * step;
            points[2 * i + 1] = -reach + (i % steps + 0.5) * step;
        }
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var energy = Ring.energy(Tensor.of(points, steps * steps, 2));
            double logZ = Math.log(energy.neg().exp().sum().item() * step * step);
            assertThat(logZ).isCloseTo(Ring.LOG_Z, Assertions.within(1e-3));
        }
    }

    @Test
    void glowOnScenesIsInvertibleAndGetsBelowBytes(@TempDir Path directory) throws IOException {
        var glow = GlowScenes.fresh(new GlowScenesOptions(16, 2, 2, 16, 10, 8, 2e-3, 1))
                .run();
        assertThat(glow.evaluate().bitsPerDimension()).isBetween(1.0, 8.0);
        assertThat(glow.evaluate().inverseError()).isLessThan(1e-4);
        glow.writeSamples(directory.resolve("samples.png"), 3);
        glow.writeInterpolations(directory.resolve("interpolations.png"));
        try (var files = Files.list(directory)) {
            assertThat(files).hasSize(2);
        }
    }
}
