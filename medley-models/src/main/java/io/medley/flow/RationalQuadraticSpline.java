package io.medley.flow;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;

/**
 * A monotone curve over [−bound, bound] made of quotients of parabolas, the identity outside (Durkan et al., 2019). Per element: K widths, K
 * heights, K−1 slopes at inner knots.
 *
 * @param bins K
 * @param bound half the width of the interval
 * @param form how raw parameters become knots
 * @param divisor of raw widths and heights; nflows divides by the square root of its network's width
 */
public record RationalQuadraticSpline(int bins, double bound, Form form, double divisor) implements Elementwise {
    private static final double FLOOR = 1e-3;

    /** The two ways in use. */
    public enum Form {
        /** nflows: softmax with a floor of 0.001, softplus with a floor of 0.001. */
        FLOORED,
        /** zuko: soft-clipped before softmax and exponential. */
        SOFT_CLIPPED
    }

    public RationalQuadraticSpline {
        if (bins < 2 || bins > 500 || !(bound > 0) || !(divisor > 0)) {
            throw new MedleyException("spline: bins " + bins + " must be 2 to 500, bound " + bound + " and divisor "
                    + divisor + " positive");
        }
    }

    @Override
    public int parameters() {
        return 3 * bins - 1;
    }

    @Override
    public Curve forward(Tensor x, Tensor parameters) {
        var knots = knots(parameters);
        var inside = x.clamp(-bound, bound);
        var bin = Bin.at(knots, knots.x, inside);
        var theta = inside.sub(bin.x0).div(bin.width);
        return outsideUnchanged(x, bin.value(theta), bin.logSlope(theta));
    }

    @Override
    public Curve inverse(Tensor y, Tensor parameters) {
        var knots = knots(parameters);
        var inside = y.clamp(-bound, bound);
        var bin = Bin.at(knots, knots.y, inside);
        var theta = bin.solve(inside);
        return outsideUnchanged(
                y, bin.x0.add(theta.mul(bin.width)), bin.logSlope(theta).neg());
    }

    private Curve outsideUnchanged(Tensor x, Tensor value, Tensor logSlope) {
        var outside = x.abs().gt(bound);
        return new Curve(Tensor.where(outside, x, value), logSlope.maskedFill(outside, 0));
    }

    /** Knots (B, C, K+1, …) and the slopes there. */
    private record Knots(Tensor x, Tensor y, Tensor slopes) {}

    private Knots knots(Tensor parameters) {
        var widths = parameters.narrow(2, 0, bins);
        var heights = parameters.narrow(2, bins, bins);
        var slopes = parameters.narrow(2, 2L * bins, bins - 1);
        var ends = Tensor.full(1, parameters.dtype(), SplineBins.end(parameters));
        if (form == Form.SOFT_CLIPPED) {
            var inner = ScaleMap.softClip(slopes, 1).exp();
            return new Knots(
                    SplineBins.positions(ScaleMap.softClip(widths, 2).softmax(2), -bound, bound),
                    SplineBins.positions(ScaleMap.softClip(heights, 2).softmax(2), -bound, bound),
                    Tensor.cat(2, ends, inner, ends));
        }
        var inner = slopes.softplus().add(FLOOR);
        return new Knots(
                SplineBins.positions(SplineBins.floored(widths.div(divisor), FLOOR), -bound, bound),
                SplineBins.positions(SplineBins.floored(heights.div(divisor), FLOOR), -bound, bound),
                Tensor.cat(2, ends, inner, ends));
    }

    /** The piece each element falls into: lower left corner, size, slopes at both ends, mean slope; all (B, C, …). */
    private record Bin(Tensor x0, Tensor y0, Tensor width, Tensor height, Tensor d0, Tensor d1, Tensor mean) {

        static Bin at(Knots knots, Tensor along, Tensor value) {
            var lower = SplineBins.search(along, value);
            var upper = SplineBins.next(lower);
            var x0 = SplineBins.pick(knots.x, lower);
            var y0 = SplineBins.pick(knots.y, lower);
            var width = SplineBins.pick(knots.x, upper).sub(x0);
            var height = SplineBins.pick(knots.y, upper).sub(y0);
            return new Bin(
                    x0,
                    y0,
                    width,
                    height,
                    SplineBins.pick(knots.slopes, lower),
                    SplineBins.pick(knots.slopes, upper),
                    height.div(width));
        }

        Tensor value(Tensor theta) {
            var numerator = mean.mul(theta).mul(theta).add(d0.mul(hump(theta)));
            return y0.add(height.mul(numerator).div(denominator(theta)));
        }

        Tensor logSlope(Tensor theta) {
            var rest = theta.neg().add(1);
            var numerator = d1.mul(theta)
                    .mul(theta)
                    .add(mean.mul(hump(theta)).mul(2))
                    .add(d0.mul(rest).mul(rest));
            return mean.mul(mean)
                    .mul(numerator)
                    .log()
                    .sub(denominator(theta).log().mul(2));
        }

        /** The root in [0, 1] of the quadratic equation, in the form that does not cancel. */
        Tensor solve(Tensor y) {
            var over = y.sub(y0);
            var bent = over.mul(bend());
            var a = height.mul(mean.sub(d0)).add(bent);
            var b = height.mul(d0).sub(bent);
            var c = mean.mul(over).neg();
            var discriminant = b.mul(b).sub(a.mul(c).mul(4)).clampMin(0);
            return c.mul(2).div(b.neg().sub(discriminant.sqrt()));
        }

        private Tensor denominator(Tensor theta) {
            return mean.add(bend().mul(hump(theta)));
        }

        private Tensor bend() {
            return d0.add(d1).sub(mean.mul(2));
        }

        private static Tensor hump(Tensor theta) {
            return theta.mul(theta.neg().add(1));
        }
    }
}
