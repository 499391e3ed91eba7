package io.medley.nn;

import io.medley.tensor.Autocast;
import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Activation checkpointing (Chen et al., "Training Deep Nets with Sublinear Memory Cost", 2016): a segment of a network keeps its inputs only
 * and computes everything inside it a second time when its gradient arrives. Costs one more forward pass, saves the activations of all
 * segments but one. Values and gradients are those of the plain computation.
 *
 * <p>Layers mark their segments with {@link #segment}; these are plain calls (at inference, calls that free their intermediates as they
 * end) unless checkpointing is open on the calling thread:
 *
 * <pre>{@code
 * try (var saving = ActivationCheckpoint.open(true)) {
 *     loss = model.losses(batch);
 * }
 * loss.backward();
 * }</pre>
 *
 * <p>The segment runs twice, so it must do nothing but compute: given the same inputs (and the same draws of the generators it is run with),
 * the same result. Tensors it uses beyond its inputs must be leaves (parameters) or need no gradient. Gradients of parameters are added when
 * backward reaches the segment. While a {@link Trace} is open, segments are plain calls, because a trace wants the intermediates themselves.
 */
public final class ActivationCheckpoint implements AutoCloseable {
    private static final ThreadLocal<@Nullable Boolean> ON = new ThreadLocal<>();

    private final @Nullable Boolean before;

    private ActivationCheckpoint(boolean on) {
        before = ON.get();
        ON.set(on);
    }

    /** Switches checkpointing of marked segments on (or off) for this thread until closed. */
    public static ActivationCheckpoint open(boolean on) {
        return new ActivationCheckpoint(on);
    }

    /** A segment of one input, checkpointed if that is switched on. */
    public static Tensor segment(Tensor input, UnaryOperator<Tensor> segment) {
        return segment(List.of(input), inputs -> segment.apply(inputs.get(0)));
    }

    /** A segment of several inputs, checkpointed if that is switched on. */
    public static Tensor segment(List<Tensor> inputs, Function<List<Tensor>, Tensor> segment) {
        if (Boolean.TRUE.equals(ON.get())) {
            return recomputed(inputs, segment);
        }
        return NoGrad.isRecording() || Trace.isOpen() ? segment.apply(inputs) : passing(inputs, segment);
    }

    /** Nothing will ask for what is computed inside, so it is freed at once: the next segment finds its memory warm, and the peak is one segment's. */
    private static Tensor passing(List<Tensor> inputs, Function<List<Tensor>, Tensor> segment) {
        try (var scope = Scope.open()) {
            var result = segment.apply(inputs);
            return inputs.contains(result) ? result : scope.keep(result);
        }
    }

    /**
     * A segment that is computed again in backward, whatever is switched on; a plain call where nothing is recorded.
     *
     * @param generators what the segment draws from: the second time they give the draws of the first, and then go on where they stood
     */
    public static Tensor recomputed(
            List<Tensor> inputs, Function<List<Tensor>, Tensor> segment, Generator... generators) {
        if (!NoGrad.isRecording() || Trace.isOpen()) {
            return segment.apply(inputs);
        }
        return new Recomputation(inputs, segment, List.of(generators)).forward();
    }

    @Override
    public void close() {
        ON.set(before);
    }

    /**
     * One checkpointed call. LibTorch offers Java no functions with a backward of their own, but hooks that replace gradients: the result
     * hangs on the inputs by a zero; when its gradient arrives, the segment is run again and differentiated, and the zero's gradients are
     * replaced by what came out.
     */
    private static final class Recomputation {
        private final List<Tensor> inputs;
        private final Function<List<Tensor>, Tensor> segment;
        private final List<Generator> generators;
        private final List<Tensor> states = new ArrayList<>();
        private final boolean lowPrecision = Autocast.isOn();
        private final @Nullable Tensor[] gradients;

        Recomputation(List<Tensor> inputs, Function<List<Tensor>, Tensor> segment, List<Generator> generators) {
            this.inputs = List.copyOf(inputs);
            this.segment = segment;
            this.generators = generators;
            this.gradients = new Tensor[inputs.size()];
            generators.forEach(g -> states.add(g.state()));
        }

        Tensor forward() {
            // A leaf of our own, so that the result records gradients even where only parameters do.
            var zero = Tensor.zeros().requiresGrad(true);
            for (int i = 0; i < inputs.size(); i++) {
                if (inputs.get(i).requiresGrad()) {
                    int index = i;
                    var link = inputs.get(i).withGradientHook(zeros -> replace(zeros, index));
                    zero = zero.add(link.reshape(-1).narrow(0, 0, 1).mul(0).sum());
                }
            }
            Tensor result;
            try (var scope = Scope.open()) {
                Tensor values;
                try (var off = NoGrad.open()) {
                    values = segment.apply(inputs).detach();
                }
                result = scope.keep(values.add(zero.to(values.dtype())));
            }
            return result.withGradientHook(this::backward);
        }

        /** Backward reaches an input after the result: its gradient is there, unless the segment does not depend on it. */
        private Tensor replace(Tensor zeros, int index) {
            var gradient = gradients[index];
            if (gradient != null) {
                zeros.copy_(gradient);
                gradient.close();
            }
            return zeros;
        }

        private Tensor backward(Tensor gradient) {
            var interrupted = generators.stream().map(Generator::state).toList();
            for (int i = 0; i < states.size(); i++) {
                generators.get(i).restore(states.get(i));
            }
            try (var scope = Scope.open();
                    var on = NoGrad.withGrad();
                    var precision = Autocast.bfloat16(lowPrecision)) {
                var leaves = inputs.stream()
                        .map(x -> x.detach().requiresGrad(x.requiresGrad()))
                        .toList();
                var values = segment.apply(leaves);
                if (values.requiresGrad()) {
                    values.backward(gradient);
                }
                for (int i = 0; i < gradients.length; i++) {
                    var found = leaves.get(i).grad();
                    // A handle of its own: what grad() gives ends with the leaf.
                    gradients[i] = found == null ? null : Scope.own(found.detach());
                }
            } finally {
                for (int i = 0; i < interrupted.size(); i++) {
                    generators.get(i).restore(interrupted.get(i));
                }
            }
            return gradient;
        }
    }
}
