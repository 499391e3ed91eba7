package io.medley.recipe;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import io.medley.Medley;
import io.medley.scenes.CaptionParser;
import io.medley.task.GenerationOptions;
import io.medley.tensor.MedleyException;
import io.medley.train.Recipe;
import io.medley.train.Reporter;
import io.medley.train.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

class GenerationRecipeTest {
    private static final Map<String, String> TINY = Map.ofEntries(
            entry("imageSize", "16"),
            entry("patchSize", "4"),
            entry("width", "16"),
            entry("depth", "1"),
            entry("heads", "2"),
            entry("batch", "4"),
            entry("steps", "60"),
            entry("threads", "1"),
            entry("average", "0.5"),
            entry("teacher", ""),
            entry("latentChannels", "0"),
            entry("learningRate", "0.01"));

    @TempDir
    private Path folder;

    @Test
    void leavesAModelThatDrawsAndHasLearntALittle() throws IOException {
        var recipe = Recipes.load(Recipes.GENERATE, TINY);
        run(recipe);
        var losses = metrics("metrics.jsonl", "loss");
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

    @Test
    void learnsFromATeacherAndGoesOnAsAnotherSystem() throws IOException {
        var settings = new LinkedHashMap<>(TINY);
        settings.putAll(Map.of("imageSize", "64", "patchSize", "8", "steps", "2", "teacher", "scenes"));
        settings.putAll(Map.of("latentChannels", "8", "latentSteps", "12", "latentBatch", "4", "decoderSteps", "3"));
        run(Recipes.load(Recipes.GENERATE, settings));
        var losses = metrics("latent.metrics.jsonl", "loss");
        assertThat(losses).hasSize(12);
        assertThat(losses.get(11)).isLessThan(0.9 * losses.get(0));
        assertThat(metrics("latent.metrics.jsonl", "meaning").get(0)).isBetween(0.5, 1.5);
        // The latent has variance 1/4, so the velocity between it and noise has 5/4, and the network starts with 0.
        assertThat(metrics("metrics.jsonl", "loss").get(0)).isCloseTo(1.25, offset(0.15));
        var next = folder.resolve("next");
        settings.putAll(Map.of("start", folder.toString(), "system", "edm"));
        try (var directory = RunDirectory.open(
                next, Recipes.load(Recipes.GENERATE, settings).settings(), Reporter.lines(line -> {}))) {
            Recipes.load(Recipes.GENERATE, settings).kind().run(Recipes.load(Recipes.GENERATE, settings), directory);
        }
        try (var model = Medley.load(next.toString())) {
            assertThat(model.description()).contains("edm").contains("64 px");
            assertThat(next.resolve("latent.metrics.jsonl")).doesNotExist();
            assertThat(model.imageGenerator()
                            .orElseThrow()
                            .generate("a red car", GenerationOptions.DEFAULT.withSteps(2)))
                    .hasSize(1);
        }
    }

    @Test
    void showsSingleThingsFirstAndScenesAsTheyComeLast() throws IOException {
        var settings = new LinkedHashMap<>(TINY);
        settings.putAll(Map.of("batch", "16", "steps", "4", "fullCaptions", "1", "dropCaption", "0.25"));
        var batches = GenerationBatches.ofCaptions(
                Recipes.load(Recipes.GENERATE, settings).as(GenerationRecipeOptions.class));
        var first = batches.item(0);
        assertThat(first.pixels()).isEqualTo(batches.item(0).pixels()).hasSize(16 * 3 * 16 * 16);
        assertThat(first.captions()).isEqualTo(batches.item(0).captions()).contains("");
        assertThat(first.captions()).filteredOn(caption -> !caption.isEmpty()).allSatisfy(caption -> assertThat(
                        CaptionParser.parse(caption).mentions())
                .hasSize(1));
        assertThat(batches.item(3).captions())
                .anySatisfy(caption ->
                        assertThat(CaptionParser.parse(caption).mentions()).hasSizeGreaterThan(1));
    }

    private List<Double> metrics(String file, String name) throws IOException {
        return Files.readAllLines(folder.resolve(file)).stream()
                .map(line -> JsonMapper.shared().readTree(line).get(name).asDouble())
                .toList();
    }

    @Test
    void aLatentNeedsATeacherOfItsSizes() throws IOException {
        for (var bad : List.of(
                Map.of("teacher", ""),
                Map.of("patchSize", "16"),
                Map.of("latentBlock", "6"),
                Map.of("imageSize", "32"))) {
            var recipe = Recipes.load(Recipes.GENERATE, bad);
            assertThatThrownBy(() -> run(recipe))
                    .as(bad.toString())
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining(bad.keySet().iterator().next());
        }
    }

    @Test
    void aLatentHasPatchesThatCanBeDoubledTo() throws IOException {
        for (var patch : List.of("1", "14", "32")) {
            var options =
                    Recipes.load(Recipes.GENERATE, Map.of("patchSize", patch)).as(GenerationRecipeOptions.class);
            assertThatThrownBy(options::latent)
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("patchSize " + patch);
        }
    }

    private void run(Recipe recipe) throws IOException {
        try (var directory = RunDirectory.open(folder, recipe.settings(), Reporter.lines(line -> {}))) {
            recipe.kind().run(recipe, directory);
        }
    }

    @Test
    void refusesSettingsThatCannotBe() {
        for (var bad : Map.of(
                        "steps", "0", "system", "magic", "output", "noise", "dropCaption", "1.5", "latentBlock", "0")
                .entrySet()) {
            assertThatThrownBy(() -> Recipes.load(Recipes.GENERATE, Map.of(bad.getKey(), bad.getValue()))
                            .as(GenerationRecipeOptions.class)
                            .dit())
                    .as(bad.toString())
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining(bad.getValue());
        }
    }
}
