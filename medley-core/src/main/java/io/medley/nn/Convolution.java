package io.medley.nn;

import io.medley.tensor.PackedConvolution;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * A two-dimensional convolution; weight (out, in, k, k), bias (out). Its result is tapped under its own name. A constant weight is packed for
 * inference on pictures with {@linkplain Tensor#channelsLast channels side by side}.
 */
public final class Convolution {
    private final String path;
    private final Tensor weight;
    private final @Nullable Tensor bias;
    private final int stride;
    private final int padding;
    private volatile @Nullable PackedConvolution packed;
    private volatile boolean constant = true;

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
        var pack = packFor(x);
        return Trace.tap(path, pack == null ? x.conv2d(weight, bias, stride, padding, 1) : pack.forward(x));
    }

    /** {@code shortcut + forward(x)}. */
    public Tensor residual(Tensor shortcut, Tensor x) {
        var pack = Trace.isOpen() || !shortcut.isChannelsLast() ? null : packFor(x);
        return pack == null ? Fresh.residual(shortcut, forward(x)) : pack.plus(shortcut, x);
    }

    private @Nullable PackedConvolution packFor(Tensor x) {
        if (!constant || weight.requiresGrad() || !PackedConvolution.suits(x)) {
            return null;
        }
        var pack = packed;
        if (pack == null) {
            return pack(x);
        }
        if (!pack.isCurrent()) {
            constant = false; // something changes it in place: it is being trained
            packed = null;
            return null;
        }
        return pack;
    }

    private synchronized PackedConvolution pack(Tensor x) {
        var pack = packed;
        if (pack == null) {
            pack = PackedConvolution.of(weight, bias, stride, padding, x.shape());
            packed = pack;
        }
        return pack;
    }
}
