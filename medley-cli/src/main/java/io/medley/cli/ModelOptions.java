package io.medley.cli;

import io.medley.Medley;
import io.medley.ModelRegistry;
import io.medley.model.LoadOptions;
import io.medley.task.Model;
import io.medley.tensor.MedleyException;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Option;

/** The options of every command that uses a model. */
final class ModelOptions {

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            defaultValue = Medley.DEFAULT_MODEL,
            description = "Name, directory or checkpoint file; see 'medley models'. Default: ${DEFAULT-VALUE}.")
    String name = Medley.DEFAULT_MODEL;

    @Option(
            names = "--image-size",
            paramLabel = "PIXELS",
            description = "Let the model see images of this size instead of the checkpoint's own.")
    int imageSize;

    @Option(names = "--cls-token", description = "Match with [CLS] first, as transformers does, instead of [ENC].")
    boolean clsToken;

    Model load(ModelRegistry registry) {
        if (imageSize < 0 || imageSize > 4096) {
            throw new MedleyException("--image-size is " + imageSize + "; give a number from 16 to 4096");
        }
        return registry.load(name, new LoadOptions(imageSize, clsToken));
    }

    /** A task of the model, or one line that says which tasks it has. */
    static <T> T task(Model model, String wanted, Function<Model, Optional<T>> task) {
        return task.apply(model)
                .orElseThrow(() -> new MedleyException(model.name() + ": cannot " + wanted + "; this model can "
                        + Abilities.of(model) + ". See 'medley models' for others"));
    }
}
