package io.medley.train;

import io.medley.nn.Lora;
import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Everything of a model that training changes, by name, and so everything a checkpoint must hold: trained parameters, other tensors (queues,
 * momentum copies, running statistics, frozen parameters), and the generators its objective draws from.
 */
public final class Learner {
    private final Map<String, Tensor> parameters;
    private final Map<String, Tensor> buffers;
    private final Map<String, Generator> generators;

    private Learner(Map<String, Tensor> parameters, Map<String, Tensor> buffers, Map<String, Generator> generators) {
        this.parameters = Collections.unmodifiableMap(parameters);
        this.buffers = Collections.unmodifiableMap(buffers);
        this.generators = Collections.unmodifiableMap(generators);
    }

    /** All parameters and buffers a model has asked {@code weights} for; make the model first. */
    public static Learner of(Weights weights) {
        return new Learner(
                new LinkedHashMap<>(weights.parameters()),
                new LinkedHashMap<>(weights.buffers()),
                new LinkedHashMap<>());
    }

    /** The adapters of a model as what is trained; its frozen weights are saved beside them, as they stand before merging. */
    public static Learner of(Weights weights, Lora lora) {
        var kept = new LinkedHashMap<>(weights.parameters());
        kept.keySet().removeAll(lora.parameters().keySet());
        kept.putAll(weights.buffers());
        return new Learner(new LinkedHashMap<>(lora.parameters()), kept, new LinkedHashMap<>());
    }

    /** The same, with a generator whose state belongs to the training. */
    public Learner with(String name, Generator generator) {
        var more = new LinkedHashMap<>(generators);
        more.put(name, generator);
        return new Learner(parameters, buffers, more);
    }

    /**
     * The same, with the parameters whose names match a pattern no longer trained.
     *
     * @param patterns full names in which {@code *} stands for anything, such as {@code visual_encoder.*}
     * @throws MedleyException when a pattern matches no parameter, or nothing is left to train
     */
    public Learner freeze(List<String> patterns) {
        var trained = new LinkedHashMap<>(parameters);
        var kept = new LinkedHashMap<>(buffers);
        for (var pattern : patterns) {
            var names = matching(pattern);
            if (names.isEmpty()) {
                throw new MedleyException("freeze: no parameter matches '" + pattern + "'; names look like "
                        + String.join(
                                ", ", parameters.keySet().stream().limit(3).toList()));
            }
            for (var name : names) {
                var frozen = trained.remove(name);
                if (frozen != null) {
                    kept.put(name, frozen.requiresGrad(false));
                }
            }
        }
        if (trained.isEmpty()) {
            throw new MedleyException(
                    "freeze: " + String.join(", ", patterns) + " leave nothing to train; freeze less");
        }
        return new Learner(trained, kept, generators);
    }

    private List<String> matching(String pattern) {
        return parameters.keySet().stream().filter(named(List.of(pattern))).toList();
    }

    /** Whether a name matches one of some patterns, in which {@code *} stands for anything. */
    public static Predicate<String> named(List<String> patterns) {
        var all = patterns.stream()
                .map(pattern -> ("\\Q" + pattern + "\\E").replace("*", "\\E.*\\Q"))
                .collect(Collectors.joining("|"));
        return Pattern.compile(all).asMatchPredicate();
    }

    /** What the optimizer changes. */
    public Map<String, Tensor> parameters() {
        return parameters;
    }

    /** What else is saved. */
    public Map<String, Tensor> buffers() {
        return buffers;
    }

    Map<String, Generator> generators() {
        return generators;
    }

    /** Parameters, then buffers: the weights as a checkpoint holds them. */
    public Map<String, Tensor> tensors() {
        var all = new LinkedHashMap<>(parameters);
        all.putAll(buffers);
        return all;
    }
}
