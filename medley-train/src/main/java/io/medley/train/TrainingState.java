package io.medley.train;

import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A training at the end of a step: all that decides how it goes on.
 *
 * @param tensors by name; they share memory with what is trained, so write them down before the next step
 * @param values counters and positions by name
 */
public record TrainingState(Map<String, Tensor> tensors, Map<String, String> values) {
    /** Collects tensors of one kind under a prefix. */
    static void put(Map<String, Tensor> into, String prefix, Map<String, Tensor> tensors) {
        tensors.forEach((name, tensor) -> into.put(prefix + name, tensor.detach()));
    }

    /**
     * Writes values into the tensors of this state, and so into what is trained.
     *
     * @throws MedleyException when names or shapes are not those of this state
     */
    void overwrite(Map<String, Tensor> from, String source) {
        var missing = new LinkedHashMap<>(tensors);
        missing.keySet().removeAll(from.keySet());
        var extra = new LinkedHashMap<>(from);
        extra.keySet().removeAll(tensors.keySet());
        if (!missing.isEmpty() || !extra.isEmpty()) {
            throw new MedleyException(source + ": not a state of this training (" + missing.size()
                    + " tensors missing, "
                    + extra.size() + " unexpected"
                    + ", such as "
                    + (missing.isEmpty() ? extra : missing).keySet().iterator().next()
                    + "); it is of another version or model: start anew in another directory");
        }
        try (var off = NoGrad.open()) {
            tensors.forEach((name, into) -> {
                var value = from.get(name);
                if (value == null || !Arrays.equals(value.shape(), into.shape()) || value.dtype() != into.dtype()) {
                    throw new MedleyException(source + ": " + name + " is " + value + ", this training needs " + into
                            + "; start anew in another directory");
                }
                into.copy_(value);
            });
        }
    }
}
