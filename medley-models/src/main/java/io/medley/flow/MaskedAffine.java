package io.medley.flow;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * RealNVP's coupling written with a mask b: b·x + (1−b)·(x·exp(s(b·x)) + t(b·x)), with two networks that see all features, the changing ones
 * as zeros. normflows' {@code MaskedAffineFlow}. For checkerboards over images, where nothing can be cut out.
 */
public final class MaskedAffine implements Bijector {
    private final Tensor mask; // (1, …), ones and zeros
    private final Network scale;
    private final Network shift;

    /** @param mask ones where features stay, (1, …) */
    public MaskedAffine(Weights weights, Init mask, long[] shape, Network scale, Network shift) {
        this.mask = weights.buffer("b", mask, shape);
        this.scale = scale;
        this.shift = shift;
    }

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        var stays = x.mul(mask);
        var changes = changes();
        var logScale = scale.apply(stays, context).mul(changes);
        var shifts = shift.apply(stays, context).mul(changes);
        return Mapped.elementwise(stays.add(x.mul(changes).mul(logScale.exp())).add(shifts), logScale);
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        var stays = y.mul(mask);
        var changes = changes();
        var logScale = scale.apply(stays, context).mul(changes).neg();
        var shifts = shift.apply(stays, context);
        return Mapped.elementwise(stays.add(y.sub(shifts).mul(changes).mul(logScale.exp())), logScale);
    }

    private Tensor changes() {
        return mask.mul(-1).add(1);
    }
}
