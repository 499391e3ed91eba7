package io.medley.recipe;

import io.medley.train.Recipe;
import io.medley.train.RecipeKind;
import io.medley.train.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/** {@code scenes}: all stages of the embedded model, see {@link ScenesRecipe}. */
final class ScenesKind implements RecipeKind {
    @Override
    public String name() {
        return Recipes.SCENES;
    }

    @Override
    public ObjectNode defaults() {
        return Recipe.tree(ScenesOptions.defaults());
    }

    @Override
    public OptionalInt sceneSize(Recipe recipe) {
        return OptionalInt.of(recipe.as(ScenesOptions.class).imageSize());
    }

    @Override
    public void run(Recipe recipe, RunDirectory directory) throws IOException {
        // Written last of all.
        if (Files.exists(directory.folder().resolve("config.json"))) {
            directory.reporter().say(directory.folder() + ": is finished; give another --out to train anew");
            return;
        }
        ScenesRecipe.run(recipe.as(ScenesOptions.class), directory);
    }
}
