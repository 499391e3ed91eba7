package io.medley.flow;

import io.medley.nn.Init;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Residual blocks of two ReLU-preceded linear layers between an initial and a final one: nflows' {@code ResidualNet} without context. */
public final class ResidualNet implements Network {
    private record Block(Linear first, Linear second) {
        Tensor apply(Tensor x) {
            return x.add(second.forward(first.forward(x.relu()).relu()));
        }
    }

    private final Linear initial;
    private final List<Block> blocks = new ArrayList<>();
    private final Linear last;

    public ResidualNet(Weights weights, int in, int hidden, int blocks, int out) {
        this.initial = linear(weights.at("initial_layer"), in, hidden, Init.fanIn());
        for (int i = 0; i < blocks; i++) {
            var layers = weights.at("blocks." + i);
            this.blocks.add(new Block(
                    linear(layers.at("linear_layers.0"), hidden, hidden, Init.fanIn()),
                    linear(layers.at("linear_layers.1"), hidden, hidden, Init.uniform(1e-3))));
        }
        this.last = linear(weights.at("final_layer"), hidden, out, Init.fanIn());
    }

    @Override
    public Tensor apply(Tensor x, @Nullable Tensor context) {
        var value = initial.forward(x);
        for (var block : blocks) {
            value = block.apply(value);
        }
        return last.forward(value);
    }

    private static Linear linear(Weights weights, int in, int out, Init init) {
        return new Linear(weights, in, out, true, init);
    }
}
