package io.medley.cli;

import io.medley.Medley;
import io.medley.recipe.Recipes;
import io.medley.tensor.MedleyException;
import io.medley.train.Recipe;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Pattern;

/** What the directory of a run knows of how to measure it. */
final class Runs {
    private static final String RECIPE = "recipe.yaml";
    private static final Pattern TASK = Pattern.compile("(?m)^task: *\"?([a-z0-9]+)\"?$");

    private Runs() {}

    /**
     * Side of the scenes on which a run's model is measured.
     *
     * @param model a run of a recipe, or the embedded model, which one has made
     * @throws MedleyException when it is measured on one's own data only
     */
    static int sceneSize(String model) throws IOException {
        var recipe = Path.of(model).resolve(RECIPE);
        if (Files.exists(recipe)) {
            if (TASK.matcher(Files.readString(recipe)).find()) {
                throw new MedleyException(model + ": was tuned for " + task(Path.of(model)) + " on your own pictures;"
                        + " give --data to measure it");
            }
            return sceneSize(Recipes.load(recipe.toString(), Map.of()), model);
        }
        if (model.equals(Medley.DEFAULT_MODEL)) {
            return sceneSize(Recipes.load(Recipes.SCENES, Map.of()), model);
        }
        throw new MedleyException(model
                + (Recipes.builtIn().contains(model)
                        ? ": is a recipe; train it, and evaluate the run's directory"
                        : ": give --data and --task; only the directory of a run knows how to measure itself"));
    }

    private static int sceneSize(Recipe recipe, String model) {
        return recipe.kind()
                .sceneSize(recipe)
                .orElseThrow(() -> new MedleyException(model + ": a run of kind "
                        + recipe.kind().name() + " is measured when it is trained; see its evaluation.md"));
    }

    /** What a run was tuned for. */
    static String task(Path model) throws IOException {
        var recipe = model.resolve(RECIPE);
        if (Files.exists(recipe)) {
            var found = TASK.matcher(Files.readString(recipe));
            if (found.find()) {
                return found.group(1);
            }
        }
        throw new MedleyException("give --task: caption, retrieval, vqa, nlvr2 or classify");
    }
}
