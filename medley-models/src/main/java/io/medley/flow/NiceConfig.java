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
        Checks.range("NICE: features", features, 2, 1 << 20);
        Checks.range("NICE: couplings", couplings, 1, 64);
        Checks.range("NICE: hidden", hidden, 1, 1 << 16);
        Checks.range("NICE: depth", depth, 1, 64);
    }

    @Override
    public Flow build(Weights weights, Generator noise) {
        List<Bijector> parts = new ArrayList<>();
        for (int i = 0; i < couplings; i++) {
            var split = Split.Chosen.alternating(features, i % 2 == 1);
            var network = network(weights.at("couplings." + i), split, features, hidden, depth, 1);
            parts.add(new Coupling(split, network, new Shift(), ParameterLayout.BY_ELEMENT));
        }
        parts.add(DiagonalAffine.of(weights.at("scaling"), features, false));
        return new Flow(
                new Composite(parts),
                logistic ? new Base.StandardLogistic(features) : new Base.StandardNormal(features));
    }

    /** A perceptron from what a split keeps to the parameters of what it changes. */
    static Mlp network(Weights weights, Split split, int features, int hidden, int depth, int perFeature) {
        var sizes = new int[depth + 2];
        Arrays.fill(sizes, hidden);
        sizes[0] = split.first(features);
        sizes[depth + 1] = perFeature * split.second(features);
        return new Mlp(weights, Activation.RELU, true, sizes);
    }
}
