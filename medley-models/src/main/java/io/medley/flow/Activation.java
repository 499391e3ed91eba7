package io.medley.flow;

import io.medley.tensor.Tensor;

/** What stands between the layers of a network. */
public enum Activation {
    RELU {
        @Override
        Tensor apply(Tensor x) {
            return x.relu();
        }
    },
    TANH {
        @Override
        Tensor apply(Tensor x) {
            return x.tanh();
        }
    };

    abstract Tensor apply(Tensor x);
}
