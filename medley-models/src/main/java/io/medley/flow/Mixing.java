package io.medley.flow;

import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Mixes the channels of (B, C) or (B, C, H, W) by one matrix: W·x + bias at every position. Over pictures this is Glow's invertible 1×1
 * convolution (normflows calls its inverse forward); over vectors, a linear layer.
 *
 * @param matrix W
 * @param bias (C), or null
 */
public record Mixing(SquareMatrix matrix, @Nullable Tensor bias) implements Bijector {

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        return Mapped.uniform(apply(matrix.weight(), x, bias), logDet(x));
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        var centred = bias == null ? y : y.sub(DiagonalAffine.perChannel(bias, y));
        return Mapped.uniform(
                apply(matrix.inverseWeight(), centred, null), logDet(y).neg());
    }

    private Tensor logDet(Tensor x) {
        return matrix.logAbsDet().mul((double) x.numel() / x.size(0) / x.size(1));
    }

    private static Tensor apply(Tensor weight, Tensor x, @Nullable Tensor bias) {
        return x.dim() == 2
                ? x.linear(weight, bias)
                : x.conv2d(weight.reshape(weight.size(0), weight.size(1), 1, 1), bias, 1, 0, 1);
    }
}
