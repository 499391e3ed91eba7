package io.medley.flow;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/** Another order of the features (B, D, …): feature i of the result is feature {@code order[i]} of the input. */
public final class Permutation implements Bijector {
    private final long[] order;
    private final long[] back;

    public Permutation(long... order) {
        this.order = order.clone();
        this.back = new long[order.length];
        Arrays.fill(back, -1);
        for (int i = 0; i < order.length; i++) {
            if (order[i] < 0 || order[i] >= order.length || back[(int) order[i]] >= 0) {
                throw new MedleyException("permutation " + Arrays.toString(order) + ": must hold each of 0 to "
                        + (order.length - 1) + " once");
            }
            back[(int) order[i]] = i;
        }
    }

    /** Last first. */
    public static Permutation reversing(int features) {
        var order = new long[features];
        for (int i = 0; i < features; i++) {
            order[i] = features - 1 - i;
        }
        return new Permutation(order);
    }

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        return Mapped.volumePreserving(x.indexSelect(1, Tensor.of(order, order.length)));
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        return Mapped.volumePreserving(y.indexSelect(1, Tensor.of(back, back.length)));
    }
}
