package io.medley.flow;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * σ(temperature·x), from the line to (0, 1); nflows' {@code Sigmoid}. Its inverse is the logit, before which values are kept 1e-6 away from 0
 * and 1.
 *
 * @param temperature positive
 */
public record Sigmoid(double temperature) implements Bijector {
    private static final double EPS = 1e-6;

    public Sigmoid {
        if (!(temperature > 0)) {
            throw new MedleyException("sigmoid: temperature " + temperature + " must be positive");
        }
    }

    /**
     * RealNVP's logit of α + (1 − 2α)·x for x in [0, 1]: from pictures to the line. With α = 0.05 the ends stay finite.
     *
     * @param alpha in [0, ½)
     */
    public static Bijector logit(double alpha) {
        if (!(alpha >= 0 && alpha < 0.5)) {
            throw new MedleyException("logit: alpha " + alpha + " must be at least 0 and less than ½");
        }
        return Composite.of(new PointwiseAffine(1 - 2 * alpha, alpha), new Sigmoid(1).inverted());
    }

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        var scaled = x.mul(temperature);
        return Mapped.elementwise(scaled.sigmoid(), logSlope(scaled));
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        var inside = y.clamp(EPS, 1 - EPS);
        var logit = inside.log().sub(inside.neg().add(1).log());
        return Mapped.elementwise(logit.div(temperature), logSlope(logit).neg());
    }

    private Tensor logSlope(Tensor scaled) {
        return scaled.neg().softplus().add(scaled.softplus()).neg().add(Math.log(temperature));
    }
}
