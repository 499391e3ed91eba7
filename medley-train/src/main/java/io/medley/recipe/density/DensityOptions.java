package io.medley.recipe.density;

import io.medley.diffusion.DiffusionSystem;
import io.medley.tensor.MedleyException;
import io.medley.train.Recipe;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** A training of a density over the plane, written down: by diffusion and its relatives, or by a normalizing flow. */
public sealed interface DensityOptions permits DiffusionOptions, FlowOptions {
    /** More points than a step can need. */
    int MOST_POINTS = 1 << 16;

    /** A name {@link ToyData} knows. */
    String data();

    /** What learns: one of {@link #models()}. */
    String model();

    /** Optimizer steps. */
    int steps();

    /** Points a step. */
    int batch();

    /** Of weights and batches. */
    long seed();

    /** Recipes of this sort say {@code kind: …}. */
    String kind();

    /** As recipes and {@code config.json} hold it. */
    default ObjectNode toJson() {
        var json = Recipe.tree((Record) this);
        return json.put("kind", kind());
    }

    /** All models by name: the systems of diffusion and flow matching, then the normalizing flows. */
    static List<String> models() {
        var names = new ArrayList<>(
                DiffusionSystem.all().stream().map(DiffusionSystem::name).toList());
        names.addAll(FlowOptions.MODELS);
        return List.copyOf(names);
    }

    /**
     * The usual settings of a model.
     *
     * @param changes settings that differ, by name
     * @throws MedleyException when there is no such model or setting, or a value cannot be used
     */
    static DensityOptions of(String model, Map<String, String> changes) {
        return DensityKind.options(recipe(model, changes));
    }

    /** The same as a recipe. */
    static Recipe recipe(String model, Map<String, String> changes) {
        if (!models().contains(model)) {
            throw new MedleyException("model '" + model + "' is not known; there are: " + String.join(", ", models()));
        }
        var kind = FlowOptions.MODELS.contains(model) ? DensityKind.FLOW : DensityKind.DIFFUSION;
        return Recipe.parse("{kind: " + kind + ", model: " + model + "}", model, changes, DensityKind.all());
    }

    /** Refuses what no training can use; returns the data set. */
    static ToyData check(String data, int steps, int batch, double learningRate) {
        var known = ToyData.named(data);
        checkSteps(steps, batch, MOST_POINTS, learningRate);
        return known;
    }

    /** Refuses lengths, batches and learning rates that cannot be. */
    static void checkSteps(int steps, int batch, int largest, double learningRate) {
        if (steps < 1) {
            throw new MedleyException("steps " + steps + ": give 1 or more");
        }
        if (batch < 2 || batch > largest) {
            throw new MedleyException("batch " + batch + ": give 2 to " + largest);
        }
        if (!(learningRate > 0 && learningRate < 1)) {
            throw new MedleyException("learningRate " + learningRate + ": give more than 0 and less than 1");
        }
    }
}
