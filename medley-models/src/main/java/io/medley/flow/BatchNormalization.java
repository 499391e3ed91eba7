package io.medley.flow;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Batch normalisation of (B, D) with stored statistics, as nflows' {@code BatchNorm} evaluates it; {@link #initialize} takes the statistics
 * from a batch. Statistics of the batch at hand, which nflows uses while training, are left out: with them a sample's density would depend
 * on its neighbours.
 */
public final class BatchNormalization implements Bijector {
    private static final double EPS = 1e-5;

    private final Tensor weight; // (D), before softplus
    private final Tensor bias; // (D)
    private final Tensor mean; // (D)
    private final Tensor variance; // (D)
    private final DiagonalAffine map;

    public BatchNormalization(Weights weights, int features) {
        this.weight =
                weights.parameter("unconstrained_weight", Init.constant(Math.log(Math.exp(1 - EPS) - 1)), features);
        this.bias = weights.parameter("bias", Init.ZEROS, features);
        this.mean = weights.buffer("running_mean", Init.ZEROS, features);
        this.variance = weights.buffer("running_var", Init.ONES, features);
        this.map = new DiagonalAffine(
                this::logScale, () -> bias.sub(mean.mul(logScale().exp())));
    }

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        return map.forward(x, context);
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        return map.inverse(y, context);
    }

    @Override
    public Tensor initialize(Tensor x, @Nullable Tensor context) {
        try (var off = NoGrad.open()) {
            var average = x.mean(0, false);
            var centred = x.sub(average);
            mean.copy_(average);
            variance.copy_(centred.mul(centred).sum(0, false).div(Math.max(1, x.size(0) - 1)));
        }
        return forward(x, context).value();
    }

    private Tensor logScale() {
        return weight.softplus().add(EPS).log().sub(variance.add(EPS).log().mul(0.5));
    }
}
