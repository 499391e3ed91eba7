package io.medley.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.Medley;
import io.medley.task.GenerationOptions;
import io.medley.tensor.MedleyException;
import io.medley.train.Recipe;
import io.medley.train.Reporter;
import io.medley.train.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class GenerationRecipeTest {
    private static final Map<String, String> TINY = Map.of(
            "imageSize",
            "16",
            "width",
            "16",
            "depth",
            "1",
            "heads",
            "2",
            "batch",
            "4",
            "steps",
            "60",
            "threads",
            "1",
            "average",
            "0.5",
            "learningRate",
            "0.01");

    @TempDir
    private Path folder;

    @Test
    void leavesAModelThatDrawsAndHasLearntALittle() throws IOException {
        var recipe = Recipes.load(Recipes.GENERATE, TINY);
        run(recipe);
        var losses = Files.readAllLines(folder.resolve("metrics.jsonl")).stream()
                .map(line -> JsonMapper.shared().readTree(line).get("loss").asDouble())
                .toList();
        assertThat(losses).hasSize(60);
        double late =
                losses.subList(50, 60).stream().mapToDouble(x -> x).average().orElseThrow();
        assertThat(late).isLessThan(0.95 * losses.get(0));
        try (var model = Medley.load(folder.toString())) {
            var images = model.imageGenerator()
                    .orElseThrow()
                    .generate("a red car on a green field", GenerationOptions.DEFAULT.withSteps(2));
            assertThat(images.get(0).width()).isEqualTo(16);
        }
        run(recipe); // a finished run is left as it is
        assertThat(Files.readAllLines(folder.resolve("metrics.jsonl"))).hasSize(60);
    }

    private void run(Recipe recipe) throws IOException {
        try (var directory = RunDirectory.open(folder, recipe.settings(), Reporter.lines(line -> {}))) {
            recipe.kind().run(recipe, directory);
        }
    }

    @Test
    void refusesSettingsThatCannotBe() {
        for (var bad : Map.of("steps", "0", "system", "magic", "dropCaption", "1.5", "width", "30")
                .entrySet()) {
            assertThatThrownBy(() -> Recipes.load(Recipes.GENERATE, Map.of(bad.getKey(), bad.getValue()))
                            .as(GenerationRecipeOptions.class)
                            .model(100))
                    .as(bad.toString())
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining(bad.getValue());
        }
    }
}
