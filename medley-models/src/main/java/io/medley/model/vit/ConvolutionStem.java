package io.medley.model.vit;

import io.medley.nn.Init;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** 3×3 convolutions of stride 2, each doubling the channels, until a token is a patch wide; then one linear map. */
final class ConvolutionStem implements Stem {
    /** One convolution: weight (O, I, 3, 3), bias (O). */
    private record Layer(Tensor weight, Tensor bias) {}

    private final List<Layer> layers = new ArrayList<>();
    private final Linear projection;

    ConvolutionStem(Weights weights, VitConfig config) {
        int depth = Integer.numberOfTrailingZeros(config.patchSize());
        int in = 3;
        for (int i = 0; i < depth; i++) {
            int out = config.width() >> (depth - 1 - i);
            var layer = weights.at("convolutions." + i);
            layers.add(new Layer(
                    layer.parameter("weight", Init.normal(Math.sqrt(2.0 / (9 * in))), out, in, 3, 3),
                    layer.parameter("bias", Init.ZEROS, out)));
            in = out;
        }
        this.projection = new Linear(weights.at("proj"), in, config.width(), true, Init.fanIn());
    }

    @Override
    public Tensor forward(Tensor pixels) {
        var x = pixels;
        for (var layer : layers) {
            x = x.conv2d(layer.weight, layer.bias, 2, 1, 1).relu(); // (B, O, S/2, S/2)
        }
        long channels = x.size(1);
        return projection.forward(x.reshape(x.size(0), channels, -1).transpose(1, 2)); // (B, (S/P)², C)
    }
}
