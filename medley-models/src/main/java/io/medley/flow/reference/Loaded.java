package io.medley.flow.reference;

import io.medley.model.reference.ReferenceDirectory;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/**
 * What a directory holds besides its results.
 *
 * @param name of the directory: where upstream's arguments are not stored, it names the variant
 * @param cases arguments
 * @param tensors the state, by upstream's names
 * @param hasGradients whether gradients are stored
 */
record Loaded(String name, JsonNode cases, Map<String, Tensor> tensors, boolean hasGradients) {

    static Loaded from(ReferenceDirectory directory) throws IOException {
        var tensors = new HashMap<String, Tensor>();
        for (var key : directory.weights().names()) {
            tensors.put(key, directory.weights().load(key).copy());
        }
        return new Loaded(
                String.valueOf(directory.path().getFileName()),
                directory.cases(),
                tensors,
                directory.gradients().isPresent());
    }

    /** A book over the state for one model. */
    Weights weights() {
        return Weights.of(tensors);
    }

    Tensor tensor(String key) {
        var tensor = tensors.get(key);
        if (tensor == null) {
            throw new IllegalArgumentException("the state has no " + key + "; it has " + tensors.keySet());
        }
        return tensor;
    }

    boolean has(String key) {
        return tensors.containsKey(key);
    }

    /** Size of one dimension of a stored tensor. */
    int size(String key, int dim) {
        return Math.toIntExact(tensor(key).size(dim));
    }

    /** How many of {@code <before>0<after>}, {@code <before>1<after>} … there are. */
    int count(String before, String after) {
        int n = 0;
        while (has(before + n + after)) {
            n++;
        }
        return n;
    }
}
