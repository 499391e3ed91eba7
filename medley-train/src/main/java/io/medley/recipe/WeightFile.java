package io.medley.recipe;

import io.medley.checkpoint.SafetensorsWriter;
import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** Weights handed on to users. */
public final class WeightFile {
    private WeightFile() {}

    /** Writes tensors in a given precision, under a temporary name first. */
    public static void save(Path file, Map<String, Tensor> tensors, DType type) throws IOException {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var converted = new LinkedHashMap<String, Tensor>();
            tensors.forEach((name, t) -> {
                if (!t.isFinite()) {
                    throw new MedleyException(
                            file + ": " + name + " holds values that are not numbers; the training diverged");
                }
                converted.put(name, t.detach().to(type).contiguous());
            });
            SafetensorsWriter.write(file, converted, Map.of("format", "pt"));
        }
    }
}
