package io.medley.nn;

import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * Low-rank adaptation (Hu et al., "LoRA: Low-Rank Adaptation of Large Language Models", 2021): chosen linear maps keep their weight W frozen
 * and learn W + (alpha / rank)·B·A beside it. B starts at zero, so that an adapted model first computes what it did before. There is no
 * dropout on the adapters' input.
 *
 * <pre>{@code
 * var lora = Lora.attach(weights, Lora.Options.of(8, 16, path -> path.contains("attn.qkv")), Generator.of(1));
 * … train lora.parameters() …
 * lora.merge();       // plain weights again, as any checkpoint
 * }</pre>
 *
 * <p>Everything of the model but the adapters and what {@link Options#alsoTrained} names stops recording gradients. Momentum copies follow
 * the plain weights, which no longer move; objectives with a momentum model gain nothing from it under LoRA.
 */
public final class Lora {
    private record Adapted(Linear linear, LowRank map) {}

    private final Map<String, Tensor> parameters;
    private final List<Adapted> adapted;
    private boolean merged;

    private Lora(Map<String, Tensor> parameters, List<Adapted> adapted) {
        this.parameters = parameters;
        this.adapted = adapted;
    }

    /**
     * What is adapted and how.
     *
     * @param rank inner width r of the adapters, at least 1
     * @param alpha the adapters' product is scaled by alpha / rank; positive
     * @param targets which linear maps, by path, get an adapter
     * @param alsoTrained which parameters, by full name, stay trained as they are (a new head, for example)
     */
    public record Options(int rank, double alpha, Predicate<String> targets, Predicate<String> alsoTrained) {
        public Options {
            if (rank < 1 || !(alpha > 0)) {
                throw new MedleyException(
                        "LoRA: rank " + rank + " and alpha " + alpha + " must be positive; 8 and 16 are usual");
            }
        }

        /** Adapters only. */
        public static Options of(int rank, double alpha, Predicate<String> targets) {
            return new Options(rank, alpha, targets, name -> false);
        }
    }

    /**
     * Adapts a model that was built from {@code weights}, and freezes the rest of it.
     *
     * @param weights the book the model took its parameters from
     * @param generator draws the start values of A
     * @throws MedleyException when no linear map is chosen, or the rank is no smaller than a chosen map's sizes
     */
    public static Lora attach(Weights weights, Options options, Generator generator) {
        var parameters = new LinkedHashMap<String, Tensor>();
        var adapted = new ArrayList<Adapted>();
        weights.linears().forEach((path, linear) -> {
            if (options.targets.test(path)) {
                var map = create(path, linear, options, generator);
                adapted.add(new Adapted(linear, map));
                parameters.put(path + ".lora_A.weight", map.a());
                parameters.put(path + ".lora_B.weight", map.b());
            }
        });
        if (adapted.isEmpty()) {
            throw new MedleyException("LoRA: no linear map is chosen; there are "
                    + String.join(", ", weights.linears().keySet()));
        }
        weights.parameters().forEach((name, tensor) -> {
            boolean trained = options.alsoTrained.test(name);
            tensor.requiresGrad(trained);
            if (trained) {
                parameters.put(name, tensor);
            }
        });
        adapted.forEach(each -> each.linear.adapt(each.map));
        return new Lora(Collections.unmodifiableMap(parameters), adapted);
    }

    private static LowRank create(String path, Linear linear, Options options, Generator generator) {
        if (options.rank >= Math.min(linear.inFeatures(), linear.outFeatures())) {
            throw new MedleyException("LoRA: rank " + options.rank + " is no smaller than " + path + " ("
                    + linear.outFeatures() + ", " + linear.inFeatures() + "); choose a smaller rank or leave it out");
        }
        var a = Init.fanIn().create(generator, options.rank, linear.inFeatures());
        var b = Tensor.zeros(linear.outFeatures(), options.rank);
        return new LowRank(a.requiresGrad(true), b.requiresGrad(true), options.alpha / options.rank);
    }

    /** What is trained, by name: adapters under the names PEFT uses ({@code path.lora_A.weight}), then the parameters left as they are. */
    public Map<String, Tensor> parameters() {
        return parameters;
    }

    /** Adds every adapter to its weight and takes it away: the model computes the same from plain weights, which can be saved as such. */
    public void merge() {
        if (merged) {
            throw new IllegalStateException("Lora.merge: these adapters are merged already");
        }
        try (var off = NoGrad.open()) {
            for (var each : adapted) {
                each.linear.weight().add_(each.map.matrix());
                each.linear.adapt(null);
            }
        }
        merged = true;
    }
}
