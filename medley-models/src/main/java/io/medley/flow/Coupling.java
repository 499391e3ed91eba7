package io.medley.flow;

import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * The first part of the features stays as it is and tells, through a network, how to change each element of the second (Dinh et al., 2015
 * and 2017). Additive, affine and spline couplings differ in the {@link Elementwise} function only.
 *
 * @param split into what stays and what changes
 * @param network from what stays to the parameters of what changes, C·P channels
 * @param function applied to what changes
 * @param layout of the network's output
 */
public record Coupling(Split split, Network network, Elementwise function, ParameterLayout layout) implements Bijector {

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        var halves = split.split(x);
        var curve = function.forward(halves.second(), parameters(halves.first(), context));
        return Mapped.elementwise(split.merge(halves.first(), curve.value()), curve.logSlope());
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        var halves = split.split(y);
        var curve = function.inverse(halves.second(), parameters(halves.first(), context));
        return Mapped.elementwise(split.merge(halves.first(), curve.value()), curve.logSlope());
    }

    private Tensor parameters(Tensor first, @Nullable Tensor context) {
        return layout.arrange(network.apply(first, context), function.parameters());
    }
}
