package io.medley.flow;

import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Each feature of (B, D) is changed by a function of those before it in some order (Papamakarios et al., 2017). Forward is one pass of the
 * network; the way back finds one more feature with each of D passes.
 *
 * @param network (B, D) → (B, D·P), masked so that the parameters of a feature depend on earlier ones only
 * @param function applied to each feature
 */
public record Autoregressive(Network network, Elementwise function) implements Bijector {

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        var curve = function.forward(x, parameters(x, context));
        return Mapped.elementwise(curve.value(), curve.logSlope());
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        var curve = function.inverse(y, parameters(Tensor.zeros(y.dtype(), y.shape()), context));
        for (long known = 1; known < y.size(1); known++) {
            curve = function.inverse(y, parameters(curve.value(), context));
        }
        return Mapped.elementwise(curve.value(), curve.logSlope());
    }

    private Tensor parameters(Tensor x, @Nullable Tensor context) {
        return ParameterLayout.BY_ELEMENT.arrange(network.apply(x, context), function.parameters());
    }
}
