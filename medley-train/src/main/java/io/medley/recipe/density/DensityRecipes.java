package io.medley.recipe.density;

import io.medley.train.RecipeKind;
import java.util.List;

/** The kinds of training in this package, and the recipes for them that come with Medley: one per system. */
public final class DensityRecipes {
    /** Built-in recipes. */
    public static final List<String> NAMES = List.of();

    private DensityRecipes() {}

    /** What recipes can ask for. */
    public static List<RecipeKind> kinds() {
        return DensityKind.all();
    }
}
