package io.medley.flow;

import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * NICE (Dinh et al., 2015): additive couplings that alternate between even and odd features, then one scale per feature.
 *
 * @param features D, at least 2
 * @param couplings 4 in the paper
 * @param hidden width of the networks
 * @param depth hidden layers of the networks
 * @param logistic whether the noise is logistic, the paper's choice for pictures, or normal
 */
public record NiceConfig(int features, int couplings, int hidden, int depth, boolean logistic) implements FlowConfig {

    public NiceConfig {
        Checks.couplings("NICE", features, couplings, hidden, depth);
    }

    @Override
    public Flow build(Weights weights, Generator noise) {
        List<Bijector> parts = new ArrayList<>();
        for (int i = 0; i < couplings; i++) {
            var split = Split.Chosen.alternating(features, i % 2 == 1);
            parts.add(coupling(weights.at("couplings." + i), split, new Shift(), features, hidden, depth));
        }
        parts.add(DiagonalAffine.of(weights.at("scaling"), features, false));
        return new Flow(
                new Composite(parts),
                logistic ? new Base.StandardLogistic(features) : new Base.StandardNormal(features));
    }

    /** A coupling whose perceptron goes from what the split keeps to the parameters of what it changes. */
    static Coupling coupling(Weights weights, Split split, Elementwise function, int features, int hidden, int depth) {
        var sizes = new int[depth + 2];
        Arrays.fill(sizes, hidden);
        sizes[0] = split.first(features);
        sizes[depth + 1] = function.parameters() * split.second(features);
        var network = new Mlp(weights, Activation.RELU, true, sizes);
        return new Coupling(split, network, function, ParameterLayout.BY_ELEMENT);
    }
}
