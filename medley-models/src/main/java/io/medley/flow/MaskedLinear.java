package io.medley.flow;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/**
 * A linear layer some of whose connections are cut, so that outputs of degree d depend on inputs of lower degree only (Germain et al., 2015).
 * The mask is stored beside the weight, as nflows and zuko do.
 */
final class MaskedLinear {
    private final Tensor weight; // (out, in)
    private final Tensor bias; // (out)
    private final Tensor mask; // (out, in)

    /**
     * @param in degrees of the inputs
     * @param out degrees of the outputs
     * @param strict whether an output of degree d may not see inputs of degree d
     */
    MaskedLinear(Weights weights, int[] in, int[] out, boolean strict) {
        this.weight = weights.parameter("weight", Init.fanIn(), out.length, in.length);
        this.bias = weights.parameter("bias", Init.ZEROS, out.length);
        this.mask = weights.buffer("mask", (g, shape) -> mask(in, out, strict), out.length, in.length);
        weights.ignorable("degrees");
    }

    Tensor forward(Tensor x) {
        return x.linear(weight.mul(mask.to(weight.dtype())), bias);
    }

    private static Tensor mask(int[] in, int[] out, boolean strict) {
        var open = new float[out.length * in.length];
        for (int o = 0; o < out.length; o++) {
            for (int i = 0; i < in.length; i++) {
                open[o * in.length + i] = out[o] > in[i] || (!strict && out[o] == in[i]) ? 1 : 0;
            }
        }
        return Tensor.of(open, out.length, in.length);
    }
}
