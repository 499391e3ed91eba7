package io.medley.nn;

import io.medley.tensor.DType;
import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;

/** How a parameter starts when nothing is loaded. */
@FunctionalInterface
public interface Init {
    Init ZEROS = (generator, shape) -> Tensor.zeros(shape);
    Init ONES = (generator, shape) -> Tensor.ones(shape);

    /** A fresh float32 tensor of the given shape. */
    Tensor create(Generator generator, long... shape);

    /** Normal with mean 0. */
    static Init normal(double std) {
        return (generator, shape) -> generator.normal(shape).mul_(std);
    }

    /** The same value everywhere. */
    static Init constant(double value) {
        return (generator, shape) -> Tensor.full(value, DType.FLOAT32, shape);
    }

    /** Uniform in ±bound. */
    static Init uniform(double bound) {
        return (generator, shape) -> generator.uniform(shape).mul_(2 * bound).add_(-bound);
    }

    /** Uniform in ±1/√fanIn, PyTorch's default for linear layers and convolutions; fan-in is the product of all but the first dimension. */
    static Init fanIn() {
        return (generator, shape) -> {
            long fan = 1;
            for (int i = 1; i < shape.length; i++) {
                fan *= shape[i];
            }
            double bound = 1 / Math.sqrt(fan);
            return generator.uniform(shape).mul_(2 * bound).add_(-bound);
        };
    }
}
