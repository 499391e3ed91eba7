package io.medley.recipe.density;

import io.medley.tensor.MedleyException;
import io.medley.train.Recipe;
import io.medley.train.RecipeKind;
import io.medley.train.RunDirectory;
import java.io.IOException;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code density-diffusion} and {@code density-flow}: densities over the plane.
 *
 * @param name what recipes call it
 * @param usual settings that a recipe need not name
 */
public record DensityKind(String name, DensityOptions usual) implements RecipeKind {
    static final String DIFFUSION = "density-diffusion";
    static final String FLOW = "density-flow";

    /** Both. */
    public static List<RecipeKind> all() {
        return List.of(
                new DensityKind(DIFFUSION, DiffusionOptions.DEFAULT), new DensityKind(FLOW, FlowOptions.DEFAULT));
    }

    @Override
    public ObjectNode defaults() {
        return Recipe.tree((Record) usual);
    }

    /** The settings of a recipe of one of these kinds. */
    static DensityOptions options(Recipe recipe) {
        return recipe.kind().name().equals(FLOW) ? recipe.as(FlowOptions.class) : recipe.as(DiffusionOptions.class);
    }

    @Override
    public void run(Recipe recipe, RunDirectory directory) throws IOException {
        refuseProcesses(name, directory);
        DensityRun.train(options(recipe), directory);
    }

    /** These trainings are too small to share. */
    static void refuseProcesses(String kind, RunDirectory directory) {
        if (directory.world().size() > 1) {
            throw new MedleyException("kind " + kind + " trains in one process; leave --processes out");
        }
    }
}
