package io.medley.train;

import io.medley.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/**
 * What a batch came to: named scalar losses, which are minimised together, and named figures that are only reported. Immutable; names keep their
 * order.
 *
 * <pre>{@code
 * return Losses.of("reconstruction", mse).and("kl", kl, 0.1).metric("psnr", psnr);
 * }</pre>
 */
public final class Losses {
    /** Names a line of metrics uses itself. */
    static final Set<String> RESERVED = Set.of("step", "loss", "lr", "grad_norm", "samples_per_s", "data_s");

    private record Term(Tensor loss, double weight) {}

    private final Map<String, Term> terms;
    private final Map<String, Tensor> metrics;

    private Losses(Map<String, Term> terms, Map<String, Tensor> metrics) {
        this.terms = terms;
        this.metrics = metrics;
    }

    /** One loss, a scalar that carries gradients. */
    public static Losses of(String name, Tensor loss) {
        return new Losses(new LinkedHashMap<>(), new LinkedHashMap<>()).and(name, loss);
    }

    /** Several losses of weight 1. */
    public static Losses of(Map<String, Tensor> losses) {
        var terms = new LinkedHashMap<String, Term>();
        losses.forEach((name, loss) -> terms.put(checked(name), new Term(loss, 1)));
        return new Losses(terms, new LinkedHashMap<>());
    }

    /** One more loss. */
    public Losses and(String name, Tensor loss) {
        return and(name, loss, 1);
    }

    /** One more loss, which counts {@code weight} times; it is reported without its weight. */
    public Losses and(String name, Tensor loss, double weight) {
        var more = new LinkedHashMap<>(terms);
        more.put(checked(name), new Term(loss, weight));
        return new Losses(more, metrics);
    }

    /** A figure to report, a scalar; no gradient flows from it. */
    public Losses metric(String name, Tensor scalar) {
        var more = new LinkedHashMap<>(metrics);
        more.put(checked(name), scalar.detach());
        return new Losses(terms, more);
    }

    /** The weighted sum of the losses, a scalar. */
    public Tensor total() {
        return terms.values().stream()
                .map(term -> term.weight == 1 ? term.loss : term.loss.mul(term.weight))
                .reduce(Tensor::add)
                .orElseThrow(() -> new IllegalStateException("Losses: an objective gave no loss"));
    }

    /** The values of losses and metrics. */
    Map<String, Double> values() {
        var values = new LinkedHashMap<String, Double>();
        terms.forEach((name, term) -> values.put(name, term.loss.item()));
        metrics.forEach((name, scalar) -> values.put(name, scalar.item()));
        return values;
    }

    private static String checked(String name) {
        if (RESERVED.contains(name)) {
            throw new IllegalArgumentException("Losses: the name " + name + " is reserved; choose another");
        }
        return name;
    }
}
