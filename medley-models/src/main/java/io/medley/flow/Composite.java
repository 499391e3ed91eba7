package io.medley.flow;

import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/** Bijectors one after the other, the first applied first. */
public record Composite(List<Bijector> parts) implements Bijector {

    public Composite {
        parts = List.copyOf(parts);
    }

    /** Bijectors one after the other, the first applied first. */
    public static Composite of(Bijector... parts) {
        return new Composite(List.of(parts));
    }

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        return chain(x, parts, (part, value) -> part.forward(value, context));
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        return chain(y, reversed(), (part, value) -> part.inverse(value, context));
    }

    @Override
    public Tensor initialize(Tensor x, @Nullable Tensor context) {
        var value = x;
        for (var part : parts) {
            value = part.initialize(value, context);
        }
        return value;
    }

    @Override
    public Tensor initializeInverse(Tensor y, @Nullable Tensor context) {
        var value = y;
        for (var part : reversed()) {
            value = part.initializeInverse(value, context);
        }
        return value;
    }

    private List<Bijector> reversed() {
        var backwards = new ArrayList<>(parts);
        Collections.reverse(backwards);
        return backwards;
    }

    private static Mapped chain(Tensor start, List<Bijector> parts, BiFunction<Bijector, Tensor, Mapped> step) {
        var at = Mapped.volumePreserving(start);
        for (var part : parts) {
            var next = step.apply(part, at.value());
            at = new Mapped(next.value(), at.logDet().add(next.logDet()));
        }
        return at;
    }
}
