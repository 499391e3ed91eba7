package io.medley.recipe;

import io.medley.NearNames;
import io.medley.recipe.density.DensityRecipes;
import io.medley.tensor.MedleyException;
import io.medley.train.Recipe;
import io.medley.train.RecipeKind;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** The kinds of training there are, and the recipes that come with Medley. A new one of either is one line here. */
public final class Recipes {
    /** Kind and name of the embedded model's recipe. */
    public static final String SCENES = "scenes";

    /** Kind and name of the recipe of text to picture. */
    public static final String GENERATE = "scenes-generate";

    private static final List<String> BUILT_IN = Stream.of(
                    List.of("scenes-tiny", SCENES, GENERATE), DensityRecipes.NAMES)
            .flatMap(List::stream)
            .toList();

    private Recipes() {}

    /** What recipes can ask for. */
    static List<RecipeKind> kinds() {
        return Stream.of(List.of(new BlipScenesKind(), new ScenesKind(), new GenerationKind()), DensityRecipes.kinds())
                .flatMap(List::stream)
                .toList();
    }

    /** Names of the recipes that come with Medley. */
    public static List<String> builtIn() {
        return BUILT_IN;
    }

    /**
     * A recipe by name or file.
     *
     * @param name a built-in name, or a YAML file
     * @param changes settings to change, by dotted name
     * @throws MedleyException when there is none, or something in it is wrong
     */
    public static Recipe load(String name, Map<String, String> changes) throws IOException {
        return load(name, changes, BUILT_IN, Recipes.class, kinds());
    }

    /**
     * The same among other kinds and built-in recipes.
     *
     * @param home the class beside which the built-in recipes lie, {@code NAME.yaml} each
     */
    public static Recipe load(
            String name, Map<String, String> changes, List<String> builtIn, Class<?> home, Collection<RecipeKind> kinds)
            throws IOException {
        if (builtIn.contains(name)) {
            return Recipe.parse(resource(home, name), "recipe " + name, changes, kinds);
        }
        var file = Path.of(name);
        if (!Files.isRegularFile(file)) {
            var near = NearNames.of(name, builtIn);
            throw new MedleyException("recipe '" + name + "' is neither a file nor a built-in name; "
                    + (near.isEmpty()
                            ? "there are: " + String.join(", ", builtIn)
                            : "did you mean " + String.join(" or ", near) + "?"));
        }
        return Recipe.parse(Files.readString(file), name, changes, kinds);
    }

    private static String resource(Class<?> home, String name) throws IOException {
        try (var in = home.getResourceAsStream(name + ".yaml")) {
            if (in == null) {
                throw new IllegalStateException("recipe " + name + " is not in this build");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
