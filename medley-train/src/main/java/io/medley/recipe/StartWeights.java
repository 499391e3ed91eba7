package io.medley.recipe;

import io.medley.checkpoint.Checkpoint;
import io.medley.nn.Weights;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Lets a run start from the weights of an earlier one. */
final class StartWeights {
    private StartWeights() {}

    /** Copies a file of the run {@code options.start()} into all of these parameters; does nothing when no run is named. */
    static void copy(ScenesOptions options, String file, Map<String, Tensor> parameters) throws IOException {
        if (!options.start().isEmpty()) {
            copy(Path.of(options.start()).resolve(file), parameters);
        }
    }

    /** The parameters of a BLIP's image encoder. */
    static Map<String, Tensor> imageEncoder(Weights weights) {
        var encoder = new LinkedHashMap<String, Tensor>();
        weights.parameters().forEach((name, parameter) -> {
            if (name.startsWith("visual_encoder.")) {
                encoder.put(name, parameter);
            }
        });
        return encoder;
    }

    /** Copies a file into all of these parameters, which it must hold in the same shapes. */
    static void copy(Path path, Map<String, Tensor> parameters) throws IOException {
        try (var scope = Scope.open();
                var off = NoGrad.open();
                var checkpoint = Checkpoint.open(path)) {
            for (var entry : parameters.entrySet()) {
                var source = checkpoint.load(entry.getKey());
                if (!Arrays.equals(source.shape(), entry.getValue().shape())) {
                    throw new MedleyException(path + ": " + entry.getKey() + " is "
                            + Arrays.toString(source.shape()) + ", this recipe wants "
                            + Arrays.toString(entry.getValue().shape()) + "; start from a run of the same sizes");
                }
                entry.getValue().copy_(source);
            }
        }
    }
}
