package io.medley.recipe.density;

import io.medley.tensor.Tensor;

/**
 * The energy U1 of Rezende and Mohamed (2015): two opposite pieces of a ring of radius 2. Its partition function is known, so a variational
 * fit can be held against a floor: the free energy E[ln q + U] is never below −ln Z, and equals it when q is exact. (Their U2 to U4 do not
 * fall off along one axis and have no finite Z.)
 */
public final class RingEnergy {
    /** ln ∫ exp(−U). */
    public static final double LOG_Z = 1.8775;

    private static final double RADIUS = 2;
    private static final double THICKNESS = 0.4;
    private static final double LENGTH = 0.6;

    private RingEnergy() {}

    /** U of points (B, 2), (B). */
    public static Tensor of(Tensor points) {
        var x = points.select(1, 0);
        var radius = points.mul(points).sum(1, false).sqrt();
        var off = radius.sub(RADIUS).div(THICKNESS);
        var sides = Tensor.stack(java.util.List.of(side(x, RADIUS), side(x, -RADIUS)), 1);
        return off.mul(off).mul(0.5).sub(sides.logSumExp(1, false));
    }

    private static Tensor side(Tensor x, double centre) {
        var e = x.sub(centre).div(LENGTH);
        return e.mul(e).mul(-0.5);
    }
}
