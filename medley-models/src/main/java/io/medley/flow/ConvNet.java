package io.medley.flow;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Glow's coupling network over (B, C, H, W): 3×3, 1×1 and 3×3 convolutions with ReLU between them, the last starting at zero. normflows'
 * {@code ConvNet2d} with kernels (3, 1, 3); it takes no context.
 */
public final class ConvNet implements Network {
    private final Convolution first;
    private final Convolution second;
    private final Convolution third;
    private final double leak;

    /** @param leak slope of the activations below zero; 0 is ReLU */
    public ConvNet(Weights weights, int in, int hidden, int out, double leak) {
        this.first = new Convolution(weights.at("0"), in, hidden, 3, Init.fanIn());
        this.second = new Convolution(weights.at("2"), hidden, hidden, 1, Init.fanIn());
        this.third = new Convolution(weights.at("4"), hidden, out, 3, Init.ZEROS);
        this.leak = leak;
    }

    @Override
    public Tensor apply(Tensor x, @Nullable Tensor context) {
        return third.apply(
                second.apply(first.apply(x, null).leakyRelu(leak), null).leakyRelu(leak), null);
    }
}
