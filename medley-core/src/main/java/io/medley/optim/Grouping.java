package io.medley.optim;

import io.medley.tensor.Tensor;
import java.util.Collection;

/** Decides for every parameter how it is treated; parameters treated alike form a group. */
@FunctionalInterface
public interface Grouping {
    /** The treatment of the parameter of that full name. */
    Treatment of(String name, Tensor parameter);

    /** All alike and decaying, as a torch optimizer over {@code model.parameters()} does. */
    static Grouping uniform() {
        return (name, parameter) -> new Treatment(1, true);
    }

    /** No decay on biases, norms and scalars, as in timm: these are the parameters with fewer than two dimensions. */
    static Grouping decayMatricesOnly() {
        return (name, parameter) -> new Treatment(1, parameter.dim() > 1);
    }

    /**
     * The same with learning rates that shrink towards the input.
     *
     * @param names full names of all parameters in the order of their creation
     */
    default Grouping with(LayerDecay decay, Collection<String> names) {
        var factors = decay.factors(names);
        return (name, parameter) -> {
            var before = of(name, parameter);
            return new Treatment(before.rateFactor() * factors.getOrDefault(name, 1.0), before.decays());
        };
    }
}
