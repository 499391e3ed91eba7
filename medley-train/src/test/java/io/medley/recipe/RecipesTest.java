package io.medley.recipe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.MedleyException;
import io.medley.train.Learner;
import io.medley.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Recipes as files and built in, changed from outside; whatever is wrong in one is said on one line before anything starts. */
class RecipesTest {
    @TempDir
    Path home;

    private static void refuses(String name, String setting, String value, String... says) {
        assertThatThrownBy(() -> {
                    var recipe = Recipes.load(name, Map.of(setting, value));
                    recipe.training();
                    recipe.as(BlipScenesSettings.class);
                })
                .isInstanceOf(MedleyException.class)
                .hasMessageContainingAll(says)
                .message()
                .hasLineCount(1);
    }

    private String file(String yaml) throws IOException {
        return Files.writeString(home.resolve("my.yaml"), yaml).toString();
    }

    @Test
    void builtInOnesSayTimeMemoryAndResultFirst() throws IOException {
        for (var name : Recipes.builtIn()) {
            assertThat(String.join(" ", Recipes.load(name, Map.of()).about()))
                    .contains("Time: ", "Memory: ", "Result: ");
        }
    }

    @Test
    void splitsForMeasuringAreNotLearntFrom() {
        refuses("scenes-tiny", "split", "test", "split test", "train or web");
        refuses("scenes-tiny", "sharing", "some", "sharing", "ALL_BUT_SELF_ATTENTION");
    }

    @Test
    void settingsAreDefaultsThenFileThenChanges() throws IOException {
        var recipe = Recipes.load(
                file("# mine\nkind: blip-scenes\nsteps: 7\nschedule:\n  peak: 2e-3 # high\n  course: linear\n"),
                Map.of("schedule.peak", "3e-3", "freeze", "[visual_encoder.*]", "seed", "5"));
        var training = recipe.training();
        assertThat(training.steps()).isEqualTo(7);
        assertThat(training.seed()).isEqualTo(5);
        assertThat(training.schedule().peak()).isEqualTo(3e-3);
        assertThat(training.schedule().course()).isEqualTo(TrainingSettings.Course.LINEAR);
        assertThat(training.schedule().every()).isEqualTo(1);
        assertThat(training.freeze()).containsExactly("visual_encoder.*");
        assertThat(recipe.as(BlipScenesSettings.class)).isEqualTo(BlipScenesSettings.defaults());
        assertThat(recipe.about()).containsExactly("mine");
    }

    @Test
    void mistakesAreSaidOnOneLine() throws IOException {
        refuses("scenes-tiny", "stepz", "60", "--set stepz", "there is no setting 'stepz'", "did you mean steps?");
        refuses("scenes-tiny", "schedule.peek", "1", "did you mean schedule.peak?");
        refuses("scenes-tiny", "schedule", "1", "'schedule' is a section", "schedule.course");
        refuses("scenes-tiny", "kind", "scenes", "there is no setting 'kind'");
        refuses("scenes-tiny", "steps", "many", "recipe scenes-tiny: steps: ");
        refuses("scenes-tiny", "steps", "1.5", "steps: ");
        refuses("scenes-tiny", "schedule.course", "sine", "schedule.course: ", "COSINE");
        refuses("scenes-tiny", "watch", "[{term: itm, valu: 1}]", "watch.[0]");
        refuses("scenes-tiny", "queue", "100", "queue 100 is not a multiple of batch 32", "queue 96");
        refuses("scenes-tinny", "steps", "1", "did you mean scenes-tiny?");
        refuses(file("kind: blip-sceens\n"), "steps", "1", "kind 'blip-sceens' is not known", "blip-scenes");
        refuses(file("steps: 1\n"), "steps", "1", "names no kind");
        refuses(file("kind: [\n"), "steps", "1", "my.yaml, line ", "is not YAML");
        refuses(file("just words"), "steps", "1", "is no recipe");
    }

    @Test
    void coursesAreThoseOfTheOriginals() throws IOException {
        assertThat(rate("course: cosine, peak: 1e-3, last: 0, warmup: 0, every: 10", 59))
                .isEqualTo(rate("course: cosine, peak: 1e-3, last: 0, warmup: 0, every: 10", 50));
        assertThat(rate("course: step, peak: 1e-3, last: 0, warmup: 0, rate: 0.5, every: 10", 25))
                .isEqualTo(0.25e-3);
        assertThat(rate("course: linear, peak: 1e-3, last: 0, warmup: 50", 74)).isCloseTo(0.52e-3, within(1e-15));
        assertThat(rate("course: constant, peak: 1e-3, warmup: 50", 99)).isEqualTo(1e-3);
        assertThat(rate("course: constant, peak: 1e-3, warmup: 50", 24)).isEqualTo(0.5e-3);
    }

    /** The learning rate of a step of 100. */
    private double rate(String schedule, long step) throws IOException {
        var recipe = Recipes.load(file("kind: blip-scenes\nsteps: 100\nschedule: {" + schedule + "}\n"), Map.of());
        var weights = Weights.random(1);
        weights.parameter("w", Init.constant(1), 2, 2);
        return recipe.training()
                .trainer(Learner.of(weights))
                .options()
                .schedule()
                .at(step);
    }
}
