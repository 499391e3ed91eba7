package io.medley.model.unet;

import io.medley.nn.Init;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/** A 1×1 convolution, weight (out, in, 1, 1) and bias (out), computed as what it is: a linear map of each pixel. */
final class PixelMap {
    private final String path;
    private final Tensor weight;
    private final Tensor bias;

    PixelMap(Weights weights, int in, int out, Init init) {
        this.path = weights.path();
        this.weight = weights.parameter("weight", init, out, in, 1, 1);
        this.bias = weights.parameter("bias", Init.ZEROS, out);
    }

    /** (B, H·W, in) → (B, H·W, out). */
    Tensor forward(Tensor tokens, long height, long width) {
        var out = tokens.linear(weight.reshape(weight.size(0), weight.size(1)), bias);
        if (Trace.wants(path)) {
            Trace.tap(path, Pixels.image(out, height, width));
        }
        return out;
    }
}
