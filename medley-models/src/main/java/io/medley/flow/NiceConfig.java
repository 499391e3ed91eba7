package io.medley.flow;

import io.medley.nn.Weights;
import io.medley.tensor.Generator;

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
        new VectorCouplings(features, hidden, depth).check("NICE", couplings);
    }

    @Override
    public Flow build(Weights weights, Generator noise) {
        var parts = new VectorCouplings(features, hidden, depth).alternating(weights, couplings, new Shift());
        parts.add(DiagonalAffine.of(weights.at("scaling"), features, false));
        return new Flow(
                new Composite(parts),
                logistic ? new Base.StandardLogistic(features) : new Base.StandardNormal(features));
    }
}
