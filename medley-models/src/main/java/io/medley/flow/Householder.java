package io.medley.flow;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Reflections of (B, D), one after the other: an orthogonal matrix without constraints on its parameters. nflows' {@code
 * HouseholderSequence}.
 */
public final class Householder implements Bijector {
    private final Tensor normals; // (K, D)

    public Householder(Weights weights, int reflections, int features) {
        this.normals = weights.parameter("q_vectors", Init.normal(1), reflections, features);
    }

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        var value = x;
        for (int k = 0; k < normals.size(0); k++) {
            value = reflect(value, k);
        }
        return Mapped.volumePreserving(value);
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        var value = y;
        for (int k = (int) normals.size(0) - 1; k >= 0; k--) {
            value = reflect(value, k);
        }
        return Mapped.volumePreserving(value);
    }

    private Tensor reflect(Tensor x, int k) {
        var normal = normals.narrow(0, k, 1); // (1, D)
        var along = x.mul(normal).sum(1, true).div(normal.mul(normal).sum()); // (B, 1)
        return x.sub(along.mul(normal).mul(2));
    }
}
