package io.medley.nn;

import io.medley.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Records named intermediates of the forward passes that run on this thread while it is open. Layers tap their results under their full
 * names ({@code visual_encoder.blocks.0.attn}); with no trace open a tap costs a thread-local read.
 *
 * <pre>{@code
 * try (var trace = Trace.of(name -> name.endsWith(".probs"))) {
 *     model.forward(x);
 *     trace.get("text_encoder.encoder.layer.8.crossattention.probs");
 * }
 * }</pre>
 */
public final class Trace implements AutoCloseable {
    private static final ThreadLocal<@Nullable Trace> CURRENT = new ThreadLocal<>();

    private final Predicate<String> wanted;
    private final boolean gradients;
    private final @Nullable Trace outer;
    private final Map<String, Tensor> taps = new LinkedHashMap<>();

    private Trace(Predicate<String> wanted, boolean gradients) {
        this.wanted = wanted;
        this.gradients = gradients;
        this.outer = CURRENT.get();
        CURRENT.set(this);
    }

    /** Records the intermediates whose names are wanted; a name that comes again replaces the former. */
    public static Trace of(Predicate<String> wanted) {
        return new Trace(wanted, false);
    }

    /** Like {@link #of}, and keeps their gradients: after {@code backward}, {@code get(name).grad()} has them. */
    public static Trace withGradients(Predicate<String> wanted) {
        return new Trace(wanted, true);
    }

    /** Whether the trace of this thread wants {@code name}; lets a layer take a slower path that has the intermediate at all. */
    public static boolean wants(String name) {
        var trace = CURRENT.get();
        return trace != null && trace.wanted.test(name);
    }

    /** Whether a trace is open on this thread: then tapped tensors must not be changed in place. */
    public static boolean isOpen() {
        return CURRENT.get() != null;
    }

    /** Offers an intermediate; returns it. */
    public static Tensor tap(String name, Tensor value) {
        var trace = CURRENT.get();
        if (trace != null && trace.wanted.test(name)) {
            if (trace.gradients && value.requiresGrad()) {
                value.retainGrad();
            }
            trace.taps.put(name, value);
        }
        return value;
    }

    /** A recorded intermediate. */
    public Tensor get(String name) {
        var value = taps.get(name);
        if (value == null) {
            throw new IllegalArgumentException("Trace: nothing recorded as " + name + "; there is " + taps.keySet());
        }
        return value;
    }

    /** Everything recorded, in order. */
    public Map<String, Tensor> all() {
        return taps;
    }

    @Override
    public void close() {
        CURRENT.set(outer);
    }
}
