package io.medley.diffusion;

import io.medley.tensor.DType;
import io.medley.tensor.Tensor;
import java.util.Arrays;
import java.util.function.DoubleUnaryOperator;

/** Arithmetic with one coefficient per sample: times are (B), states (B, …) float64. */
final class Batch {
    private Batch() {}

    /** One value per sample, shaped (B, 1, …) to broadcast over {@code like}. */
    static Tensor column(double[] values, Tensor like) {
        if (like.dim() == 0 || like.size(0) != values.length) {
            throw new IllegalArgumentException(
                    values.length + " times for a batch of shape " + Arrays.toString(like.shape()));
        }
        var shape = new long[like.dim()];
        Arrays.fill(shape, 1);
        shape[0] = values.length;
        return Tensor.of(values, shape);
    }

    static double[] map(double[] t, DoubleUnaryOperator f) {
        return Arrays.stream(t).map(f).toArray();
    }

    /** f(t)·x. */
    static Tensor scale(Tensor x, double[] t, DoubleUnaryOperator f) {
        return state(x).mul(column(map(t, f), x));
    }

    /** f(t)·x + g(t)·y. */
    static Tensor combine(Tensor x, double[] t, DoubleUnaryOperator f, Tensor y, DoubleUnaryOperator g) {
        return combine(x, map(t, f), y, map(t, g));
    }

    /** a·x + b·y with one factor per sample. */
    static Tensor combine(Tensor x, double[] a, Tensor y, double[] b) {
        return state(x).mul(column(a, x)).add(state(y).mul(column(b, y)));
    }

    /** The same time for every sample of x. */
    static double[] times(double t, Tensor x) {
        var times = new double[Math.toIntExact(x.size(0))];
        Arrays.fill(times, t);
        return times;
    }

    /** Sum over all but the first dimension: (B). */
    static Tensor sums(Tensor x) {
        return x.reshape(x.size(0), -1).sum(1, false);
    }

    static Tensor state(Tensor x) {
        return x.to(DType.FLOAT64);
    }
}
