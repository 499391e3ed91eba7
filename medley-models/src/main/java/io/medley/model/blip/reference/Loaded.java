package io.medley.model.blip.reference;

import io.medley.model.reference.ReferenceDirectory;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.function.Function;

/** A model in training and the book of its weights. */
record Loaded<M>(M model, Weights weights) {
    static <M> Loaded<M> trainable(ReferenceDirectory directory, Function<Weights, M> build) throws IOException {
        var tensors = new LinkedHashMap<String, Tensor>();
        var file = directory.weights();
        for (var name : file.names()) {
            tensors.put(name, file.load(name).copy());
        }
        var weights = Weights.of(tensors);
        var model = build.apply(weights);
        weights.parameters().values().forEach(p -> p.requiresGrad(true));
        return new Loaded<>(model, weights);
    }
}
