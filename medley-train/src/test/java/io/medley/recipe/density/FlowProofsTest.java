package io.medley.recipe.density;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.recipe.Recipes;
import io.medley.tensor.Engine;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The recipes of normalizing flows reach what docs/results/flows.md says, and nothing is below what is possible: {@code mvn -Pslow test
 * -Dtest=FlowProofsTest}. Each prints what it reached.
 */
@Tag("slow")
class FlowProofsTest {

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    /** Nats above the entropy of the data, with points of the data's own density as the yardstick. */
    @ParameterizedTest
    @CsvSource({
        "density-nice, data=banana, 0.02",
        "density-nice, data=moons layers=12 steps=3000 learningRate=3e-3, 0.10",
        "density-realnvp, data=moons, 0.10",
        "density-realnvp, data=banana, 0.02",
        "density-glow, data=moons, 0.10",
        "density-spline, data=moons, 0.10"
    })
    void likelihoodsComeNearTheEntropy(String recipe, String changes, double allowed) throws IOException {
        Map<String, String> settings = new HashMap<>();
        for (var change : changes.split(" ")) {
            settings.put(change.split("=")[0], change.split("=")[1]);
        }
        assertThat(trained(recipe, settings).excess()).isBetween(-0.02, allowed);
    }

    /** The free energy of U1 comes within a tenth of a nat of −ln Z, whatever the seed. */
    @ParameterizedTest
    @CsvSource({"density-planar, 1", "density-planar, 2", "density-radial, 1", "density-radial, 2"})
    void energiesAreFittedUpToTheirPartitionFunction(String recipe, String seed) throws IOException {
        var free = trained(recipe, Map.of("seed", seed)).loss().orElseThrow();
        assertThat(free.excess()).isBetween(-3 * free.standardError(), 0.1);
    }

    @Test
    void glowOnScenesNeedsFewerBitsThanBytes() throws IOException {
        var directory = Files.createDirectories(Path.of("target", "glow"));
        var glow = GlowScenes.fresh(Recipes.load("glow-scenes", Map.of()).as(GlowScenesOptions.class))
                .run();
        var result = glow.evaluate();
        System.out.println("Glow on scenes: " + result);
        glow.writeSamples(directory.resolve("samples.png"), 3);
        glow.writeInterpolations(directory.resolve("interpolations.png"));
        assertThat(result.bitsPerDimension()).isBetween(1.0, 8.0);
        assertThat(result.inverseError()).isLessThan(1e-4);
    }

    private static Evaluation trained(String recipe, Map<String, String> changes) throws IOException {
        var options = (FlowOptions) DensityKind.options(Recipes.load(recipe, changes));
        var evaluation = Evaluation.of(PointFlow.fresh(options).training().run());
        System.out.println(options + ": " + evaluation);
        return evaluation;
    }
}
