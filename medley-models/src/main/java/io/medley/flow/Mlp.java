package io.medley.flow;

import io.medley.nn.Init;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Linear layers with an activation between them, named 0, 2, 4 … as in a torch {@code Sequential}; context comes in beside the features. */
public final class Mlp implements Network {
    private final List<Linear> layers = new ArrayList<>();
    private final Activation activation;

    /**
     * @param sizes of the input (context included), the hidden layers, the output
     * @param zeroOutput whether the last layer starts at zero, so that a coupling starts as the identity
     */
    public Mlp(Weights weights, Activation activation, boolean zeroOutput, int... sizes) {
        this.activation = activation;
        for (int i = 0; i + 1 < sizes.length; i++) {
            boolean last = i + 2 == sizes.length;
            var init = last && zeroOutput ? Init.ZEROS : Init.fanIn();
            layers.add(new Linear(weights.at(Integer.toString(2 * i)), sizes[i], sizes[i + 1], true, init));
        }
    }

    @Override
    public Tensor apply(Tensor x, @Nullable Tensor context) {
        var value = Network.withContext(x, context);
        for (int i = 0; i < layers.size(); i++) {
            value = layers.get(i).forward(i == 0 ? value : activation.apply(value));
        }
        return value;
    }
}
