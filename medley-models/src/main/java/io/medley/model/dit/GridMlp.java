package io.medley.model.dit;

import io.medley.nn.Init;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;

/**
 * An MLP whose hidden values are mixed with those of the eight patches around, each channel for itself (the Mix-FFN of Xie et al., "SANA",
 * 2025). It starts as the plain MLP.
 */
final class GridMlp {
    private static final int SIDE = 3;

    private final int grid;
    private final Linear fc1;
    private final Tensor weight; // (H, 1, 3, 3)
    private final Tensor bias; // (H)
    private final Linear fc2;

    GridMlp(Weights weights, int grid, int width, int hidden) {
        this.grid = grid;
        this.fc1 = new Linear(weights.at("fc1"), width, hidden);
        this.weight = weights.parameter("dwconv.weight", GridMlp::centre, hidden, 1, SIDE, SIDE);
        this.bias = weights.parameter("dwconv.bias", Init.ZEROS, hidden);
        this.fc2 = new Linear(weights.at("fc2"), hidden, width);
    }

    /** Passes values on as they are. */
    private static Tensor centre(Generator generator, long... shape) {
        int cells = SIDE * SIDE;
        var values = new float[Math.toIntExact(shape[0]) * cells];
        for (int i = cells / 2; i < values.length; i += cells) {
            values[i] = 1;
        }
        return Tensor.of(values, shape);
    }

    /** (B, N, C) → (B, N, C). */
    Tensor forward(Tensor x) {
        var hidden = fc1.forward(x); // (B, N, H)
        long batch = hidden.size(0);
        long channels = hidden.size(2);
        var mixed = hidden.transpose(1, 2)
                .reshape(batch, channels, grid, grid)
                .conv2d(weight, bias, 1, 1, Math.toIntExact(channels));
        return fc2.forward(mixed.reshape(batch, channels, -1).transpose(1, 2).geluTanh());
    }
}
