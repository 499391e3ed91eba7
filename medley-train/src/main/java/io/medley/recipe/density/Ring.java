package io.medley.recipe.density;

import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;
import java.util.List;

/**
 * The density of the energy U1 of Rezende and Mohamed (2015), exp(−U)/Z: two opposite pieces of a ring of radius 2. Its partition function is
 * known, so a variational fit can be held against a floor: the free energy E[ln q + U] is never below −ln Z, and equals it when q is exact.
 * (Their U2 to U4 do not fall off along one axis and have no finite Z.)
 */
public record Ring() implements ToyData {
    /** ln Z = ln ∫ exp(−U). */
    public static final double LOG_Z = 1.8775;

    private static final double RADIUS = 2;
    private static final double THICKNESS = 0.4;
    private static final double LENGTH = 0.6;
    private static final double REACH = 5;

    @Override
    public String name() {
        return "ring";
    }

    /** U of points (B, 2), (B). */
    static Tensor energy(Tensor points) {
        var x = points.select(1, 0);
        var radius = points.mul(points).sum(1, false).sqrt();
        var off = radius.sub(RADIUS).div(THICKNESS);
        var sides = Tensor.stack(List.of(side(x, RADIUS), side(x, -RADIUS)), 1);
        return off.mul(off).mul(0.5).sub(sides.logSumExp(1, false));
    }

    private static Tensor side(Tensor x, double centre) {
        var e = x.sub(centre).div(LENGTH);
        return e.mul(e).mul(-0.5);
    }

    @Override
    public double logDensity(double x, double y) {
        double off = (Math.hypot(x, y) - RADIUS) / THICKNESS;
        double right = (x - RADIUS) / LENGTH;
        double left = (x + RADIUS) / LENGTH;
        return -off * off / 2 + Math.log(Math.exp(-right * right / 2) + Math.exp(-left * left / 2)) - LOG_Z;
    }

    /** By rejection from the two bumps along x times a uniform y: what is left of exp(−U) is at most 1. */
    @Override
    public Tensor sample(Generator generator, int count) {
        var xy = new float[2 * count];
        int found = 0;
        while (found < count) {
            float[] bump = generator.normal(count).toFloats();
            float[] rest = generator.uniform(count, 3).toFloats();
            for (int i = 0; i < count && found < count; i++) {
                double x = (rest[3 * i] < 0.5 ? RADIUS : -RADIUS) + LENGTH * bump[i];
                double y = REACH * (2 * rest[3 * i + 1] - 1);
                double off = (Math.hypot(x, y) - RADIUS) / THICKNESS;
                if (rest[3 * i + 2] < Math.exp(-off * off / 2)) {
                    xy[2 * found] = (float) x;
                    xy[2 * found + 1] = (float) y;
                    found++;
                }
            }
        }
        return Tensor.of(xy, count, 2);
    }

    /** By the rectangle rule, which is exact to many digits for functions as smooth as this one. */
    @Override
    public double entropy() {
        double step = THICKNESS / 8;
        double sum = 0;
        for (double x = -REACH; x <= REACH; x += step) {
            for (double y = -REACH; y <= REACH; y += step) {
                double log = logDensity(x, y);
                if (log > Double.NEGATIVE_INFINITY) {
                    sum -= log * Math.exp(log);
                }
            }
        }
        return sum * step * step;
    }

    @Override
    public Box box() {
        return new Box(-REACH, REACH, -REACH, REACH);
    }
}
