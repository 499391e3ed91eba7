package io.medley.train;

import java.io.IOException;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/** A sort of training that a recipe can ask for by {@code kind: name}. */
public interface RecipeKind {
    /** What recipes call it. */
    String name();

    /** Every setting with its default; a recipe can change these and no others. */
    ObjectNode defaults();

    /** Trains, or continues, or says that it is done. */
    void run(Recipe recipe, RunDirectory directory) throws IOException;

    /** Side in pixels of the scenes on which a finished run's model can be measured; empty where there is another way. */
    default OptionalInt sceneSize(Recipe recipe) {
        return OptionalInt.empty();
    }
}
