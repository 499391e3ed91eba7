package io.medley.flow;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** One convolution over (B, C, H, W) that keeps height and width; it takes no context. */
final class Convolution implements Network {
    private final Tensor weight;
    private final Tensor bias;
    private final int padding;

    Convolution(Weights weights, int in, int out, int kernel, Init init) {
        this.weight = weights.parameter("weight", init, out, in, kernel, kernel);
        this.bias = weights.parameter("bias", Init.ZEROS, out);
        this.padding = kernel / 2;
    }

    @Override
    public Tensor apply(Tensor x, @Nullable Tensor context) {
        return x.conv2d(weight, bias, 1, padding, 1);
    }
}
