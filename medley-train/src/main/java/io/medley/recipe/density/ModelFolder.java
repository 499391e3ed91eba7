package io.medley.recipe.density;

import io.medley.checkpoint.AtomicFile;
import io.medley.checkpoint.SafetensorsWriter;
import io.medley.model.ModelFiles;
import io.medley.nn.Weights;
import io.medley.tensor.MedleyException;
import io.medley.train.Learner;
import io.medley.train.Recipe;
import io.medley.train.RecipeKind;
import io.medley.train.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** How models of densities lie in a directory: {@code config.json}, {@code model.safetensors} and, once all is done, {@code evaluation.json}. */
final class ModelFolder {
    static final String WEIGHTS = "model.safetensors";
    private static final String CONFIG = "config.json";
    private static final String EVALUATION = "evaluation.json";

    private ModelFolder() {}

    static void save(Path folder, ObjectNode config, Weights weights) throws IOException {
        SafetensorsWriter.write(folder.resolve(WEIGHTS), Learner.of(weights).tensors(), Map.of("format", "pt"));
        AtomicFile.write(folder.resolve(CONFIG), config.toPrettyString() + "\n");
    }

    /** Figures are written last of all. */
    static void finish(Path folder, ObjectNode figures) throws IOException {
        AtomicFile.write(folder.resolve(EVALUATION), figures.toPrettyString() + "\n");
    }

    /** Whether there is nothing left to do; then it has been said. */
    static boolean isFinished(RunDirectory directory) {
        boolean finished = Files.exists(directory.folder().resolve(EVALUATION));
        if (finished) {
            directory.reporter().say(directory.folder() + ": is finished; give another --out to train anew");
        }
        return finished;
    }

    /** What {@link #save} was told. */
    static ObjectNode config(Path folder) throws IOException {
        return ModelFiles.at(folder.toString(), folder)
                .json(CONFIG)
                .filter(ObjectNode.class::isInstance)
                .map(ObjectNode.class::cast)
                .orElseThrow(() -> new MedleyException(folder + ": holds no density model (no " + CONFIG
                        + "); train one with 'medley density train'"));
    }

    /** The configuration as a recipe of one of these kinds, which checks every setting. */
    static Recipe recipe(Path folder, List<? extends RecipeKind> kinds) throws IOException {
        var config = config(folder);
        var file = folder.resolve(CONFIG);
        var kind = kinds.stream()
                .filter(known -> config.path("kind").asString("").equals(known.name()))
                .findFirst()
                .orElseThrow(() -> new MedleyException(file + ": is of kind '"
                        + config.path("kind").asString("") + "', not "
                        + String.join(
                                " or ", kinds.stream().map(RecipeKind::name).toList())
                        + "; train one with 'medley density train'"));
        return new Recipe(file.toString(), kind, config, List.of());
    }
}
