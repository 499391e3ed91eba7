package io.medley.model.blip.reference;

import io.medley.checkpoint.Checkpoint;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.Tolerance;
import io.medley.tensor.Tensor;
import java.util.HashSet;
import java.util.Set;

/** The cases of another file than cases.safetensors; what was not asked for by the time it is closed counts as failed. */
final class FileCases implements AutoCloseable {
    private final String prefix;
    private final Checkpoint file;
    private final Comparison results;
    private final Tolerance tolerance;
    private final Set<String> used = new HashSet<>();

    FileCases(String prefix, Checkpoint file, Comparison results, Tolerance tolerance) {
        this.prefix = prefix;
        this.file = file;
        this.results = results;
        this.tolerance = tolerance;
    }

    Set<String> keys() {
        return file.names();
    }

    Tensor input(String key) {
        used.add(key);
        return file.load(key);
    }

    void check(String key, Tensor actual) {
        check(key, actual, tolerance);
    }

    void check(String key, Tensor actual, Tolerance own) {
        if (!file.names().contains(key)) {
            results.fail(prefix + key, "the reference has no such value");
            return;
        }
        results.compare(prefix + key, input(key), actual, own);
    }

    @Override
    public void close() {
        for (var key : file.names()) {
            if (!used.contains(key)) {
                results.fail(prefix + key, "not covered by the replay");
            }
        }
    }
}
