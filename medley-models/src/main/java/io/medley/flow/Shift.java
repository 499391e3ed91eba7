package io.medley.flow;

import io.medley.tensor.Tensor;

/** x + shift: the additive coupling of NICE, which preserves volume. */
public record Shift() implements Elementwise {

    @Override
    public int parameters() {
        return 1;
    }

    @Override
    public Curve forward(Tensor x, Tensor parameters) {
        return new Curve(x.add(parameters.select(2, 0)), Tensor.zeros(x.dtype(), x.shape()));
    }

    @Override
    public Curve inverse(Tensor y, Tensor parameters) {
        return new Curve(y.sub(parameters.select(2, 0)), Tensor.zeros(y.dtype(), y.shape()));
    }
}
