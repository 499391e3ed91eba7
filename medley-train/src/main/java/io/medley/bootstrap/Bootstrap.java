package io.medley.bootstrap;

import io.medley.ModelRegistry;
import io.medley.checkpoint.AtomicFile;
import io.medley.evaluate.Evaluator;
import io.medley.evaluate.Task;
import io.medley.model.LoadOptions;
import io.medley.recipe.Recipes;
import io.medley.tensor.Engine;
import io.medley.train.Recipe;
import io.medley.train.RecipeKind;
import io.medley.train.RunDirectory;
import io.medley.train.Stages;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.node.ObjectNode;

/**
 * The whole circle of section 3.3 of the paper. Pre-trains on noisy and clean pairs; tunes a captioner and a filter, each from that checkpoint, on
 * the clean pairs; captions and filters the noisy pictures; pre-trains a new model on what is left and the clean pairs. The folder of a run holds a
 * folder for each stage:
 *
 * <pre>
 * world/      the small world as files, where none is given      vision/  its image encoder's start
 * start/      what both pre-trainings begin with
 * pretrain/   the first model
 * captioner/  filter/
 * capfilt/    the noisy pairs, rewritten
 * retrain/    the new model
 * finetune-TASK/
 * evaluation/ both models on held-out clean pictures
 * </pre>
 *
 * <p>Stages that are done are skipped and one that was interrupted goes on, with the same recipe; another one is refused.
 */
public final class Bootstrap {
    /** Name of the recipe that comes with Medley. */
    public static final String SCENES = "scenes-bootstrap";

    private static final List<String> BUILT_IN = List.of(SCENES);

    private final ModelRegistry registry;
    private final RunDirectory directory;
    private final Stages stages;

    /** @param directory of the whole run */
    public Bootstrap(ModelRegistry registry, RunDirectory directory) {
        this.registry = registry;
        this.directory = directory;
        // Stages name each other's folders in what they write down, which must not depend on where a command was given.
        this.stages = new Stages(folder(), directory.reporter());
    }

    /** A recipe of kind {@code bootstrap}, by name or file; see {@link Recipes#load}. */
    public static Recipe recipe(String name, Map<String, String> changes, ModelRegistry registry) throws IOException {
        return Recipes.load(name, changes, BUILT_IN, Bootstrap.class, List.of(new Kind(registry)));
    }

    private record Kind(ModelRegistry registry) implements RecipeKind {
        @Override
        public String name() {
            return "bootstrap";
        }

        @Override
        public ObjectNode defaults() {
            return Recipe.tree(BootstrapSettings.defaults());
        }

        @Override
        public void run(Recipe recipe, RunDirectory directory) throws IOException {
            try {
                new Bootstrap(registry, directory).run(recipe.as(BootstrapSettings.class));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted", e);
            }
        }
    }

    private Path folder() {
        return directory.folder().toAbsolutePath().normalize();
    }

    /** Goes through the circle, or through what is left of it. */
    public void run(BootstrapSettings given) throws IOException, InterruptedException {
        if (given.threads() > 0) {
            Engine.setThreads(given.threads());
        }
        var settings = given.data().drawn() ? given.with(drawn(given)) : given;
        var clean = CleanPairs.open(settings.data(), settings.validation());
        var steps = new CircleSteps(registry, settings, clean, directory.reporter());
        var start = start(given);
        var first = stages.run(
                "pretrain",
                place -> steps.pretrain(
                        settings.pretrain(), start, settings.data().web(), place));
        var captioner = stages.run("captioner", place -> steps.tune(Task.CAPTION, settings.captioner(), first, place));
        var filter = stages.run("filter", place -> steps.tune(Task.RETRIEVAL, settings.filter(), first, place));
        var rewritten = stages.run(
                "capfilt",
                place -> steps.capfilt(
                        settings.capfilt(),
                        settings.capfilt().chosen(),
                        captioner,
                        filter,
                        settings.data().web(),
                        place));
        var second =
                stages.run("retrain", place -> steps.pretrain(settings.retrain(), start, rewritten.toString(), place));
        var finetuning = settings.finetune();
        var tuning = new BootstrapSettings.Tuning(finetuning.steps(), finetuning.batch(), finetuning.learningRate());
        for (var task : finetuning.tasks()) {
            stages.run("finetune-" + task, place -> steps.tune(Task.of(task), tuning, second, place));
        }
        stages.run("evaluation", place -> evaluate(clean, first, second, place));
        directory.reporter().say("the new model: " + directory.folder().resolve("retrain"));
    }

    private BootstrapSettings.Data drawn(BootstrapSettings given) throws IOException, InterruptedException {
        int size = given.model().imageSize();
        double share = given.data().cleanShare();
        stages.run("world", place -> SmallWorld.draw(given.scenes(), size, place));
        return SmallWorld.at(folder().resolve("world"), share);
    }

    private Path start(BootstrapSettings given) throws IOException, InterruptedException {
        var model = new StartModel(registry, given);
        Optional<Path> vision = model.learnsToSee()
                ? Optional.of(stages.run("vision", place -> model.vision(place, directory.reporter())))
                : Optional.empty();
        return stages.run("start", place -> model.write(place, vision, given.seed()));
    }

    private void evaluate(CleanPairs clean, Path first, Path second, Path place) throws IOException {
        var table = new StringBuilder(
                "| held-out clean pairs | pre-trained on noisy pairs | on the rewritten ones |\n|---|---|---|\n");
        for (var task : List.of(Task.CAPTION, Task.RETRIEVAL)) {
            var before = figures(task, clean, first);
            var after = figures(task, clean, second);
            before.forEach((name, value) -> table.append(String.format(
                    Locale.ROOT,
                    "| %s %s | %.4f | %.4f |%n",
                    task.word(),
                    name,
                    value,
                    after.getOrDefault(name, Double.NaN))));
        }
        AtomicFile.write(place.resolve("evaluation.md"), table.toString());
        table.toString().lines().forEach(directory.reporter()::say);
    }

    private Map<String, Double> figures(Task task, CleanPairs clean, Path folder) {
        try (var model = registry.load(folder.toString(), LoadOptions.DEFAULT)) {
            return new LinkedHashMap<>(new Evaluator(model, CircleSteps.evaluation())
                    .run(task, clean.heldOut(), done -> {})
                    .figures());
        }
    }
}
