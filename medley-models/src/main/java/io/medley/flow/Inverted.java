package io.medley.flow;

import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** A bijector turned round. */
record Inverted(Bijector of) implements Bijector {

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        return of.inverse(x, context);
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        return of.forward(y, context);
    }

    @Override
    public Tensor initialize(Tensor x, @Nullable Tensor context) {
        return of.initializeInverse(x, context);
    }

    @Override
    public Tensor initializeInverse(Tensor y, @Nullable Tensor context) {
        return of.initialize(y, context);
    }

    @Override
    public Bijector inverted() {
        return of;
    }
}
