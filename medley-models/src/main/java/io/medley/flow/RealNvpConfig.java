package io.medley.flow;

import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import java.util.ArrayList;
import java.util.List;

/**
 * RealNVP (Dinh et al., 2017) over vectors: activation normalisation, then affine couplings that alternate between even and odd features.
 *
 * @param features D, at least 2
 * @param couplings number of couplings
 * @param hidden width of the networks
 * @param depth hidden layers of the networks
 */
public record RealNvpConfig(int features, int couplings, int hidden, int depth) implements FlowConfig {

    public RealNvpConfig {
        Checks.range("RealNVP: features", features, 2, 1 << 20);
        Checks.range("RealNVP: couplings", couplings, 1, 256);
        Checks.range("RealNVP: hidden", hidden, 1, 1 << 16);
        Checks.range("RealNVP: depth", depth, 1, 64);
    }

    @Override
    public Flow build(Weights weights, Generator noise) {
        List<Bijector> parts = new ArrayList<>();
        parts.add(ActNorm.of(weights.at("actnorm"), features, 2));
        var function = new Affine(ScaleMap.TANH, false);
        for (int i = 0; i < couplings; i++) {
            var split = Split.Chosen.alternating(features, i % 2 == 1);
            var network = NiceConfig.network(
                    weights.at("couplings." + i), split, features, hidden, depth, function.parameters());
            parts.add(new Coupling(split, network, function, ParameterLayout.BY_ELEMENT));
        }
        return new Flow(new Composite(parts), new Base.StandardNormal(features));
    }
}
