package io.medley.model.vit;

import io.medley.nn.Linear;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/** Two linear maps of each token with an activation between. Its result is tapped under its own name. */
public final class Mlp {
    /** What stands between. */
    public enum Activation {
        /** The exact GELU. */
        GELU,
        /** Its tanh approximation. */
        GELU_TANH
    }

    private final String path;
    private final Activation activation;
    private final Linear fc1;
    private final Linear fc2;

    public Mlp(Weights weights, int width, int hidden, Activation activation) {
        this.path = weights.path();
        this.activation = activation;
        this.fc1 = new Linear(weights.at("fc1"), width, hidden);
        this.fc2 = new Linear(weights.at("fc2"), hidden, width);
    }

    /** (B, N, C) → (B, N, C). */
    public Tensor forward(Tensor x) {
        var hidden =
                activation == Activation.GELU ? fc1.gelu(x) : fc1.forward(x).geluTanh();
        return Trace.tap(path, fc2.forward(hidden));
    }
}
