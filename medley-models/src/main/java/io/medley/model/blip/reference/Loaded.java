package io.medley.model.blip.reference;

import io.medley.model.ModelWeights;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.nn.Weights;
import java.io.IOException;
import java.util.function.Function;

/** Models on the weights of a directory. */
final class Loaded {
    private Loaded() {}

    static <M> ModelWeights.Built<M> trainable(ReferenceDirectory directory, Function<Weights, M> build)
            throws IOException {
        return ModelWeights.trainable(directory.weights(), ModelWeights.Rules.STRICT, build);
    }

    static <M> M frozen(ReferenceDirectory directory, Function<Weights, M> build) throws IOException {
        return ModelWeights.load(directory.weights(), ModelWeights.Rules.STRICT, build)
                .model();
    }
}
