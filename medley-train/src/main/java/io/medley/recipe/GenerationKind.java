package io.medley.recipe;

import io.medley.train.Recipe;
import io.medley.train.RecipeKind;
import io.medley.train.RunDirectory;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/** {@code scenes-generate}: text to picture, see {@link GenerationRecipe}. */
final class GenerationKind implements RecipeKind {
    @Override
    public String name() {
        return Recipes.GENERATE;
    }

    @Override
    public ObjectNode defaults() {
        return Recipe.tree(GenerationRecipeOptions.defaults());
    }

    @Override
    public void run(Recipe recipe, RunDirectory directory) throws IOException {
        GenerationRecipe.run(recipe.as(GenerationRecipeOptions.class), directory);
    }
}
