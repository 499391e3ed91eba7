package io.medley.flow;

import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** A masked autoencoder: P outputs per feature that depend on earlier features only; nflows' {@code MADE}, with either kind of block. */
public final class Made implements Network {
    private interface Block {
        Tensor apply(Tensor x);
    }

    private final MaskedLinear initial;
    private final boolean residual;
    private final List<Block> blocks = new ArrayList<>();
    private final MaskedLinear last;

    /**
     * @param blocks hidden blocks: of two layers and a residual sum, or of one layer
     * @param outputs P, per feature
     */
    public Made(Weights weights, int features, int hidden, int blocks, int outputs, boolean residual) {
        this.residual = residual;
        var inner = IntStream.range(0, hidden)
                .map(i -> i % Math.max(1, features - 1) + Math.min(1, features - 1))
                .toArray();
        this.initial = new MaskedLinear(
                weights.at("initial_layer"), IntStream.rangeClosed(1, features).toArray(), inner, false);
        for (int i = 0; i < blocks; i++) {
            this.blocks.add(block(weights.at("blocks." + i), inner));
        }
        var outer =
                IntStream.range(0, features * outputs).map(i -> i / outputs + 1).toArray();
        this.last = new MaskedLinear(weights.at("final_layer"), inner, outer, true);
    }

    private Block block(Weights weights, int[] degrees) {
        if (residual) {
            var first = new MaskedLinear(weights.at("linear_layers.0"), degrees, degrees, false);
            var second = new MaskedLinear(weights.at("linear_layers.1"), degrees, degrees, false);
            return x -> x.add(second.forward(first.forward(x.relu()).relu()));
        }
        var linear = new MaskedLinear(weights.at("linear"), degrees, degrees, false);
        return x -> linear.forward(x).relu();
    }

    @Override
    public Tensor apply(Tensor x, @Nullable Tensor context) {
        var value = initial.forward(x);
        value = residual ? value : value.relu();
        for (var block : blocks) {
            value = block.apply(value);
        }
        return last.forward(value);
    }
}
