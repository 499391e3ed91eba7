package io.medley.flow;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;

/**
 * A monotone curve over [−bound, bound] whose slope is piecewise linear, the identity outside (Müller et al., 2018); nflows' {@code
 * unconstrained_quadratic_spline}. Per element: K widths, and K−1 slopes at inner knots; the outer slopes follow
 * from those and are about 1, so that the curve leaves the interval almost smoothly.
 *
 * @param bins K
 * @param bound half the width of the interval
 * @param divisor of raw parameters; nflows divides by the square root of its network's width
 */
public record QuadraticSpline(int bins, double bound, double divisor) implements Elementwise {
    private static final double FLOOR = 1e-3;

    public QuadraticSpline {
        if (bins < 3 || bins > 500 || !(bound > 0) || !(divisor > 0)) {
            throw new MedleyException("spline: bins " + bins + " must be 3 to 500, bound " + bound + " and divisor "
                    + divisor + " positive");
        }
    }

    @Override
    public int parameters() {
        return 2 * bins - 1;
    }

    @Override
    public Curve forward(Tensor x, Tensor parameters) {
        var knots = knots(parameters);
        var share = toShare(x);
        var bin = Bin.at(knots, knots.positions, share);
        var alpha = share.sub(bin.position).div(bin.width);
        var value = bin.area(alpha).clamp(0, 1);
        return outsideUnchanged(x, value, bin.slope(alpha).log());
    }

    @Override
    public Curve inverse(Tensor y, Tensor parameters) {
        var knots = knots(parameters);
        var share = toShare(y);
        var bin = Bin.at(knots, knots.areas, share);
        var alpha = bin.solve(share);
        var value = bin.position.add(alpha.mul(bin.width)).clamp(0, 1);
        return outsideUnchanged(y, value, bin.slope(alpha).log().neg());
    }

    private Tensor toShare(Tensor x) {
        return x.clamp(-bound, bound).add(bound).div(2 * bound);
    }

    private Curve outsideUnchanged(Tensor x, Tensor share, Tensor logSlope) {
        var outside = x.abs().gt(bound);
        return new Curve(Tensor.where(outside, x, share.mul(2 * bound).sub(bound)), logSlope.maskedFill(outside, 0));
    }

    /** Over the unit interval: widths (B, C, K, …); positions, areas to their left, and slopes at the knots (B, C, K+1, …). */
    private record Knots(Tensor widths, Tensor positions, Tensor areas, Tensor slopes) {}

    private Knots knots(Tensor parameters) {
        var widths = SplineBins.floored(parameters.narrow(2, 0, bins).div(divisor), FLOOR);
        var inner = parameters.narrow(2, bins, bins - 1).div(divisor).softplus().add(FLOOR);
        var first = widths.narrow(2, 0, 1).mul(0.5);
        var last = widths.narrow(2, bins - 1, 1).mul(0.5);
        var between = middle(inner).mul(widths.narrow(2, 1, bins - 2)).sum(2, true);
        // Meant to be the outer slopes that become 1 once all are divided by the area under them. nflows counts the
        // outer bins by half, so they become nearly 1.
        var outer = first.mul(inner.narrow(2, 0, 1))
                .add(last.mul(inner.narrow(2, bins - 2, 1)))
                .mul(0.5)
                .add(between)
                .div(first.add(last).mul(-0.5).add(1));
        var raw = Tensor.cat(2, outer, inner, outer);
        var slopes =
                raw.div(middle(raw).mul(widths).sum(2, true)).mul(1 - FLOOR).add(FLOOR);
        return new Knots(
                widths,
                SplineBins.positions(widths, 0, 1),
                SplineBins.positions(middle(slopes).mul(widths), 0, 1),
                slopes);
    }

    private static Tensor middle(Tensor knots) {
        long gaps = knots.size(2) - 1;
        return knots.narrow(2, 0, gaps).add(knots.narrow(2, 1, gaps)).mul(0.5);
    }

    /** The piece each element falls into; all (B, C, …). */
    private record Bin(Tensor position, Tensor width, Tensor left, Tensor low, Tensor high) {

        static Bin at(Knots knots, Tensor along, Tensor value) {
            var lower = SplineBins.search(along, value);
            return new Bin(
                    SplineBins.pick(knots.positions, lower),
                    SplineBins.pick(knots.widths, lower),
                    SplineBins.pick(knots.areas, lower),
                    SplineBins.pick(knots.slopes, lower),
                    SplineBins.pick(knots.slopes, SplineBins.next(lower)));
        }

        Tensor slope(Tensor alpha) {
            return low.add(high.sub(low).mul(alpha));
        }

        Tensor area(Tensor alpha) {
            var bend = high.sub(low).mul(width).mul(0.5);
            return bend.mul(alpha).mul(alpha).add(low.mul(width).mul(alpha)).add(left);
        }

        /** The root in [0, 1], in the form that stays exact where both slopes are the same. */
        Tensor solve(Tensor area) {
            var a = high.sub(low).mul(width).mul(0.5);
            var b = low.mul(width);
            var over = area.sub(left);
            var root = b.mul(b).add(a.mul(over).mul(4)).clampMin(0).sqrt();
            return over.mul(2).div(b.add(root));
        }
    }
}
