package io.medley.recipe.density;

import io.medley.train.Recipe;
import io.medley.train.RecipeKind;
import io.medley.train.RunDirectory;
import java.io.IOException;
import tools.jackson.databind.node.ObjectNode;

/** {@code glow-scenes}: Glow on pictures of the drawn world, see {@link GlowScenes}. */
public final class GlowScenesKind implements RecipeKind {
    static final String NAME = "glow-scenes";

    @Override
    public String name() {
        return NAME;
    }

    @Override
    public ObjectNode defaults() {
        return Recipe.tree(GlowScenesOptions.DEFAULT);
    }

    @Override
    public void run(Recipe recipe, RunDirectory directory) throws IOException {
        DensityKind.refuseProcesses(NAME, directory);
        GlowScenes.train(recipe.as(GlowScenesOptions.class), directory);
    }
}
