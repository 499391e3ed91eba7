package io.medley.flow;

import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import java.util.ArrayList;
import java.util.List;

/**
 * Glow (Kingma and Dhariwal, 2018) over vectors, where its 1×1 convolution is a matrix: steps of activation normalisation, mixing (LU) and
 * affine coupling. There are no levels, because vectors cannot be squeezed.
 *
 * @param features D, at least 2
 * @param steps number of steps
 * @param hidden width of the networks
 * @param depth hidden layers of the networks
 */
public record GlowVectorConfig(int features, int steps, int hidden, int depth) implements FlowConfig {

    public GlowVectorConfig {
        new VectorCouplings(features, hidden, depth).check("Glow", steps);
    }

    @Override
    public Flow build(Weights weights, Generator noise) {
        List<Bijector> parts = new ArrayList<>();
        var split = new Split.Channels(false);
        var couplings = new VectorCouplings(features, hidden, depth);
        var function = new Affine(ScaleMap.TANH, false);
        for (int i = 0; i < steps; i++) {
            var step = weights.at("steps." + i);
            parts.add(ActNorm.of(step.at("actnorm"), features, 2));
            parts.add(new Mixing(new SquareMatrix.Plu(step.at("mixing"), features), null));
            parts.add(couplings.one(step.at("coupling"), split, function));
        }
        return new Flow(new Composite(parts), new Base.StandardNormal(features));
    }
}
