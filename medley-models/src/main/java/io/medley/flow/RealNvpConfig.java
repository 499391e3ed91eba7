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
        Checks.couplings("RealNVP", features, couplings, hidden, depth);
    }

    @Override
    public Flow build(Weights weights, Generator noise) {
        List<Bijector> parts = new ArrayList<>();
        parts.add(ActNorm.of(weights.at("actnorm"), features, 2));
        var function = new Affine(ScaleMap.TANH, false);
        for (int i = 0; i < couplings; i++) {
            var split = Split.Chosen.alternating(features, i % 2 == 1);
            parts.add(NiceConfig.coupling(weights.at("couplings." + i), split, function, features, hidden, depth));
        }
        return new Flow(new Composite(parts), new Base.StandardNormal(features));
    }
}
