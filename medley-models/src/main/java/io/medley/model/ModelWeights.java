package io.medley.model;

import io.medley.checkpoint.Checkpoint;
import io.medley.checkpoint.KeyMap;
import io.medley.checkpoint.StrictLoader;
import io.medley.nn.PositionEmbeddings;
import io.medley.nn.Weights;
import io.medley.tensor.DType;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Builds a model on the weights of a checkpoint, strictly: every parameter filled, every stored tensor used, or one error that lists what
 * does not fit. The names a checkpoint must hold are learnt by building the model once without memory.
 */
public final class ModelWeights {
    private ModelWeights() {}

    /** A model and the book of its parameters. */
    public record Built<M>(M model, Weights weights) {}

    /**
     * How to load.
     *
     * @param positions patterns of names whose tensors (1, extra + grid, C) are interpolated to another image size
     * @param ignored patterns of names that may be there without use
     * @param reshaped patterns of names whose tensors may have dimensions of size 1 more or fewer, as linear maps and 1×1 convolutions do
     */
    public record Rules(List<String> positions, List<String> ignored, List<String> reshaped) {
        /** Everything must be used as it is. */
        public static final Rules STRICT = new Rules(List.of(), List.of());

        public Rules {
            positions = List.copyOf(positions);
            ignored = List.copyOf(ignored);
            reshaped = List.copyOf(reshaped);
        }

        /** Nothing is reshaped. */
        public Rules(List<String> positions, List<String> ignored) {
            this(positions, ignored, List.of());
        }
    }

    /**
     * For inference: float32 tensors stay memory-mapped, so they must not be written to; half-precision ones are converted to float32.
     *
     * @throws io.medley.tensor.MedleyException when anything is missing, unexpected or of another shape
     */
    public static <M> Built<M> load(Checkpoint checkpoint, Rules rules, Function<Weights, M> build) {
        return build(checkpoint, rules, build, false);
    }

    /** For training: parameters are copied and record gradients, buffers are copied. */
    public static <M> Built<M> trainable(Checkpoint checkpoint, Rules rules, Function<Weights, M> build) {
        return build(checkpoint, rules, build, true);
    }

    /** What does not fit; reads no weights. */
    public static StrictLoader.Report check(Checkpoint checkpoint, Rules rules, Function<Weights, ?> build) {
        try (var scope = Scope.open()) {
            var shapes = Weights.shapes();
            var unused = build.apply(shapes);
            return loader(shapes, rules).check(untied(checkpoint, shapes.aliases()));
        }
    }

    private static <M> Built<M> build(Checkpoint checkpoint, Rules rules, Function<Weights, M> build, boolean train) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        try (var scope = Scope.open()) {
            var shapes = Weights.shapes();
            var unused = build.apply(shapes);
            loader(shapes, rules)
                    .as(DType.FLOAT32)
                    .load(
                            untied(checkpoint, shapes.aliases()),
                            (name, tensor) -> tensors.put(name, Scope.own(train ? tensor.copy() : tensor)));
        }
        var weights = Weights.of(tensors);
        var model = build.apply(weights);
        if (train) {
            weights.parameters().values().forEach(parameter -> parameter.requiresGrad(true));
        }
        return new Built<>(model, weights);
    }

    private static StrictLoader loader(Weights shapes, Rules rules) {
        List<String> ignored = new ArrayList<>(rules.ignored);
        ignored.addAll(shapes.ignorable());
        ignored.addAll(shapes.aliases().keySet());
        var loader = StrictLoader.expecting(shapes.expected()).ignoring(ignored.toArray(String[]::new));
        for (var pattern : rules.positions) {
            loader = loader.adapting(
                    pattern, (name, stored, expected) -> PositionEmbeddings.interpolate(stored, expected[1], 1));
        }
        for (var pattern : rules.reshaped) {
            loader = loader.adapting(
                    pattern,
                    (name, stored, expected) ->
                            Arrays.equals(wide(stored.shape()), wide(expected)) ? stored.reshape(expected) : stored);
        }
        return loader;
    }

    /** A shape without its dimensions of size 1. */
    private static long[] wide(long[] shape) {
        return Arrays.stream(shape).filter(size -> size != 1).toArray();
    }

    /** Tied tensors may be stored once, under whichever of their names: brings them under the name the model asks for. */
    private static Checkpoint untied(Checkpoint checkpoint, Map<String, String> aliases) {
        Map<String, KeyMap.Rule> renames = new LinkedHashMap<>();
        aliases.forEach((alias, target) -> {
            if (checkpoint.names().contains(alias) && !checkpoint.names().contains(target)) {
                renames.putIfAbsent(target, KeyMap.rename(alias, target));
            }
        });
        return renames.isEmpty()
                ? checkpoint
                : KeyMap.of(renames.values().toArray(KeyMap.Rule[]::new)).apply(checkpoint);
    }
}
