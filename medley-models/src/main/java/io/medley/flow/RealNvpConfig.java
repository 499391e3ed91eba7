package io.medley.flow;

import io.medley.nn.Weights;
import io.medley.tensor.Generator;

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
        new VectorCouplings(features, hidden, depth).check("RealNVP", couplings);
    }

    @Override
    public Flow build(Weights weights, Generator noise) {
        return new VectorCouplings(features, hidden, depth)
                .normalizedThenAlternating(weights, couplings, new Affine(ScaleMap.TANH, false));
    }
}
