package io.medley.flow;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * z + β/(α + r)·(z − z₀) on (B, D) with r = ‖z − z₀‖, which draws space to a point or pushes it away (Rezende and Mohamed, 2015);
 * normflows' {@code Radial}. α is |alpha|; β is softplus(beta) − α, so that the map never folds.
 *
 * <p>The radius after the map is r·(1 + β/(α + r)), a quadratic equation for r, so the inverse is exact.
 */
public final class Radial implements Bijector {
    private final int features;
    private final Tensor alpha; // (1)
    private final Tensor beta; // (1)
    private final Tensor centre; // (1, D)

    public Radial(Weights weights, int features) {
        this.features = features;
        double bound = 1.0 / features;
        this.beta = weights.parameter(
                "beta", (g, shape) -> Init.uniform(bound).create(g, shape).add_(-1), 1);
        this.alpha = weights.parameter("alpha", Init.uniform(bound), 1);
        this.centre = weights.parameter("z_0", Init.normal(1), 1, features);
        weights.ignorable("d");
    }

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        var offset = x.sub(centre);
        var radius = offset.mul(offset).sum(1, true).sqrt(); // (B, 1)
        return new Mapped(x.add(pull(radius).mul(offset)), logDet(radius));
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        var offset = y.sub(centre);
        var outer = offset.mul(offset).sum(1, true).sqrt();
        // r² + q·r − outer·α = 0 with q = α + β − outer; the product of its roots is not positive, so one is the
        // radius.
        var q = alpha.abs().add(strength()).sub(outer);
        var radius = q.mul(q).add(outer.mul(alpha.abs()).mul(4)).sqrt().sub(q).mul(0.5);
        return new Mapped(
                centre.add(offset.div(pull(radius).add(1))), logDet(radius).neg());
    }

    private Tensor strength() {
        return beta.softplus().sub(alpha.abs());
    }

    /** β/(α + r), (B, 1). */
    private Tensor pull(Tensor radius) {
        return strength().div(alpha.abs().add(radius));
    }

    private Tensor logDet(Tensor radius) {
        var pull = pull(radius);
        var across = pull.add(1).log().mul(features - 1);
        var along =
                pull.add(1).sub(pull.mul(radius).div(alpha.abs().add(radius))).log();
        return across.add(along).squeeze(1);
    }
}
