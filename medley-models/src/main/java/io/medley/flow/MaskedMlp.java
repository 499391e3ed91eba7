package io.medley.flow;

import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/** zuko's {@code MaskedMLP}: masked linear layers with ReLU between them, named 0, 2, 4 …; every output sees the whole context. */
public final class MaskedMlp implements Network {
    private final List<MaskedLinear> layers = new ArrayList<>();

    /**
     * @param order position of each feature in the order of dependence, from 0
     * @param context number of context features
     * @param hidden sizes of the hidden layers
     * @param outputs P, per feature
     */
    public MaskedMlp(Weights weights, int[] order, int context, int[] hidden, int outputs) {
        int features = order.length;
        // Features have degrees 1 to D; the context has degree 0, which everything sees.
        var degrees = IntStream.range(0, features + context)
                .map(i -> i < features ? order[i] + 1 : 0)
                .toArray();
        for (int i = 0; i < hidden.length; i++) {
            var inner = IntStream.range(0, hidden[i]).map(h -> h % features).toArray();
            layers.add(new MaskedLinear(weights.at(Integer.toString(2 * i)), degrees, inner, false));
            degrees = inner;
        }
        var outer = IntStream.range(0, features * outputs)
                .map(i -> order[i / outputs] + 1)
                .toArray();
        layers.add(new MaskedLinear(weights.at(Integer.toString(2 * hidden.length)), degrees, outer, true));
    }

    @Override
    public Tensor apply(Tensor x, @Nullable Tensor context) {
        var value = Network.withContext(x, context);
        for (int i = 0; i < layers.size(); i++) {
            value = layers.get(i).forward(i == 0 ? value : value.relu());
        }
        return value;
    }
}
