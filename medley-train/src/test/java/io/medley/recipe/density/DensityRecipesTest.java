package io.medley.recipe.density;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.recipe.Recipes;
import io.medley.tensor.Engine;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every system has its recipe, and every recipe trains. */
class DensityRecipesTest {

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    static List<String> names() {
        return DensityRecipes.NAMES;
    }

    @ParameterizedTest
    @MethodSource("names")
    void takesAFewSteps(String name) throws IOException {
        var recipe = Recipes.load(name, Map.of("steps", "3", "batch", "16"));
        if (name.equals("glow-scenes")) {
            var options = Recipes.load(name, Map.of("steps", "2", "batch", "2", "imageSize", "16", "width", "8"))
                    .as(GlowScenesOptions.class);
            assertThat(GlowScenes.fresh(options).run().evaluate().bitsPerDimension())
                    .isFinite();
            return;
        }
        var options = DensityKind.options(recipe);
        var training = PointModel.fresh(options).training();
        training.run();
        assertThat(training.trainer().done()).isEqualTo(3);
        assertThat(training.model()
                        .weights()
                        .parameters()
                        .values()
                        .iterator()
                        .next()
                        .isFinite())
                .isTrue();
    }

    @Test
    void everyModelHasOne() throws IOException {
        var shown = new TreeSet<String>();
        for (var name : names()) {
            shown.add(Recipes.load(name, Map.of()).settings().path("model").asString("glow"));
        }
        assertThat(shown).containsAll(DensityOptions.models());
    }
}
