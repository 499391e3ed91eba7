package io.medley.flow.reference;

import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Replay;
import io.medley.tensor.Scope;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Layers and whole flows of nflows, normflows and zuko. */
public final class FlowReplay implements Replay {
    /** Recomputes the cases of one upstream class. */
    @FunctionalInterface
    interface Cases {
        void run(Loaded loaded, Comparison results) throws IOException;
    }

    private static final Map<String, Cases> CLASSES = classes();

    @Override
    public String name() {
        return "flow";
    }

    @Override
    public boolean recognises(ReferenceDirectory directory) {
        return CLASSES.containsKey(directory.upstreamClass());
    }

    @Override
    public void run(ReferenceDirectory directory, Comparison results) throws IOException {
        try (var scope = Scope.open()) {
            Objects.requireNonNull(CLASSES.get(directory.upstreamClass())).run(Loaded.from(directory), results);
        }
    }

    private static Map<String, Cases> classes() {
        Map<String, Cases> all = new HashMap<>();
        all.putAll(NflowsCases.CLASSES);
        all.putAll(NormflowsCases.CLASSES);
        all.putAll(ZukoCases.CLASSES);
        return Map.copyOf(all);
    }
}
