package io.medley.recipe.density;

import io.medley.tensor.MedleyException;
import io.medley.train.Recipe;
import io.medley.train.RecipeKind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The kinds of training in this package, and the recipes for them that come with Medley: one per system. */
public final class DensityRecipes {
    /** Built-in recipes. */
    public static final List<String> NAMES = List.of(
            "density-ddpm",
            "density-score-vp",
            "density-score-subvp",
            "density-score-ve",
            "density-edm",
            "density-v-cosine",
            "density-flow-matching",
            "density-optimal-transport",
            "density-rectified-flow",
            "density-nice",
            "density-realnvp",
            "density-glow",
            "density-spline",
            "density-planar",
            "density-radial",
            "glow-scenes");

    private static final String SCENES = "scenes";

    private DensityRecipes() {}

    /** What recipes can ask for. */
    public static List<RecipeKind> kinds() {
        return Stream.concat(DensityKind.all().stream(), Stream.of(new GlowScenesKind()))
                .toList();
    }

    /**
     * The usual settings of a model on some data, checked.
     *
     * @param data a name {@link ToyData} knows, or {@code scenes} for pictures, which {@code glow} learns
     * @param model one of {@link DensityOptions#models}
     * @param changes settings that differ, by name
     * @throws MedleyException when there is no such model or setting, or a value cannot be used
     */
    public static Recipe of(String data, String model, Map<String, String> changes) {
        if (!data.equals(SCENES)) {
            var all = new LinkedHashMap<>(changes);
            all.put("data", data);
            var recipe = DensityOptions.recipe(model, all);
            DensityKind.options(recipe); // refuses what cannot be
            return recipe;
        }
        if (!model.equals("glow")) {
            throw new MedleyException("data scenes are pictures, which model glow learns; got model " + model);
        }
        var recipe = Recipe.parse("{kind: " + GlowScenesKind.NAME + "}", model, changes, kinds());
        recipe.as(GlowScenesOptions.class); // refuses what cannot be
        return recipe;
    }
}
