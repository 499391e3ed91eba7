package io.medley.flow;

import io.medley.nn.Weights;
import io.medley.tensor.Generator;

/**
 * Neural spline flow (Durkan et al., 2019) over vectors: activation normalisation, then couplings whose functions are rational-quadratic
 * splines on [−5, 5], alternating between even and odd features.
 *
 * @param features D, at least 2
 * @param couplings number of couplings
 * @param hidden width of the networks
 * @param depth hidden layers of the networks
 */
public record SplineConfig(int features, int couplings, int hidden, int depth) implements FlowConfig {
    private static final int BINS = 8;
    private static final double BOUND = 5;

    public SplineConfig {
        new VectorCouplings(features, hidden, depth).check("spline flow", couplings);
    }

    @Override
    public Flow build(Weights weights, Generator noise) {
        var function =
                new RationalQuadraticSpline(BINS, BOUND, RationalQuadraticSpline.Form.FLOORED, Math.sqrt(hidden));
        return new VectorCouplings(features, hidden, depth).normalizedThenAlternating(weights, couplings, function);
    }
}
