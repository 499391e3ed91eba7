package io.medley.flow;

import io.medley.tensor.DType;
import io.medley.tensor.Tensor;

/** What splines share: bins along dimension 2 of (B, C, K, …). */
final class SplineBins {
    private SplineBins() {}

    /** Softmax over K bins, none smaller than {@code floor}. */
    static Tensor floored(Tensor raw, double floor) {
        return raw.softmax(2).mul(1 - floor * raw.size(2)).add(floor);
    }

    /** Shares (B, C, K, …) of an interval as the K+1 positions of its knots; the ends are exact. */
    static Tensor positions(Tensor shares, double from, double to) {
        var inner =
                shares.narrow(2, 0, shares.size(2) - 1).cumsum(2).mul(to - from).add(from);
        var end = end(shares);
        return Tensor.cat(2, Tensor.full(from, shares.dtype(), end), inner, Tensor.full(to, shares.dtype(), end));
    }

    /** The shape (B, C, 1, …) beside (B, C, K, …). */
    static long[] end(Tensor like) {
        var shape = like.shape();
        shape[2] = 1;
        return shape;
    }

    /** The bin each value (B, C, …) falls into, (B, C, 1, …): the number of inner knots that are not above it. */
    static Tensor search(Tensor knots, Tensor value) {
        var inner = knots.narrow(2, 1, knots.size(2) - 2);
        return inner.gt(value.unsqueeze(2)).logicalNot().to(DType.INT64).sum(2, true);
    }

    /** The knot above a bin. */
    static Tensor next(Tensor bin) {
        return bin.add(Tensor.full(1, DType.INT64));
    }

    /** One of K values per element: (B, C, K, …) at (B, C, 1, …) → (B, C, …). */
    static Tensor pick(Tensor values, Tensor at) {
        return values.gather(2, at).squeeze(2);
    }
}
