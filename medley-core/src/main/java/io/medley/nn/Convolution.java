package io.medley.nn;

import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/** A two-dimensional convolution; weight (out, in, k, k), bias (out). Its result is tapped under its own name. */
public final class Convolution {
    private final String path;
    private final Tensor weight;
    private final @Nullable Tensor bias;
    private final int stride;
    private final int padding;

    /** Stride 1, and as many zeros around as keep the picture's size: {@code kernel} is odd. */
    public Convolution(Weights weights, int in, int out, int kernel) {
        this(weights, in, out, kernel, 1, kernel / 2, Init.fanIn());
    }

    public Convolution(Weights weights, int in, int out, int kernel, int stride, int padding, Init init) {
        this.path = weights.path();
        this.weight = weights.parameter("weight", init, out, in, kernel, kernel);
        this.bias = weights.parameter("bias", Init.ZEROS, out);
        this.stride = stride;
        this.padding = padding;
    }

    /** (B, in, H, W) → (B, out, H', W'). */
    public Tensor forward(Tensor x) {
        return Trace.tap(path, x.conv2d(weight, bias, stride, padding, 1));
    }
}
