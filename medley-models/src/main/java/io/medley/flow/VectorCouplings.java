package io.medley.flow;

import io.medley.nn.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Couplings over vectors with perceptrons, which NICE, RealNVP, spline flows and Glow are made of.
 *
 * @param features D, at least 2
 * @param hidden width of the perceptrons
 * @param depth their hidden layers
 */
record VectorCouplings(int features, int hidden, int depth) {

    /** Refuses sizes that cannot be; {@code what} is the flow's name. */
    void check(String what, int couplings) {
        Checks.range(what + ": features", features, 2, 1 << 20);
        Checks.range(what + ": couplings", couplings, 1, 256);
        Checks.range(what + ": hidden", hidden, 1, 1 << 16);
        Checks.range(what + ": depth", depth, 1, 64);
    }

    /** {@code count} couplings that keep even and odd features by turns, under the names {@code couplings.0} …. */
    List<Bijector> alternating(Weights weights, int count, Elementwise function) {
        List<Bijector> parts = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            parts.add(one(weights.at("couplings." + i), Split.Chosen.alternating(features, i % 2 == 1), function));
        }
        return parts;
    }

    /** A coupling whose perceptron goes from what the split keeps to the parameters of what it changes. */
    Coupling one(Weights weights, Split split, Elementwise function) {
        var sizes = new int[depth + 2];
        Arrays.fill(sizes, hidden);
        sizes[0] = split.first(features);
        sizes[depth + 1] = function.parameters() * split.second(features);
        var network = new Mlp(weights, Activation.RELU, true, sizes);
        return new Coupling(split, network, function, ParameterLayout.BY_ELEMENT);
    }

    /** The flow that normalises the features, then goes through alternating couplings to normal noise. */
    Flow normalizedThenAlternating(Weights weights, int count, Elementwise function) {
        List<Bijector> parts = new ArrayList<>();
        parts.add(ActNorm.of(weights.at("actnorm"), features, 2));
        parts.addAll(alternating(weights, count, function));
        return new Flow(new Composite(parts), new Base.StandardNormal(features));
    }
}
