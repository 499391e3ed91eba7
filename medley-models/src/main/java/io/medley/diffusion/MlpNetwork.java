package io.medley.diffusion;

import io.medley.nn.Init;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** A small residual network for points of a few dimensions: sines of the time beside the point, SiLU between layers. */
public final class MlpNetwork implements Network {
    /**
     * Its sizes.
     *
     * @param dimensions of the points
     * @param width of the hidden layers
     * @param depth number of residual layers
     * @param timeUnit what the network's time is divided by, so that it stays within about ±1
     */
    public record Config(int dimensions, int width, int depth, double timeUnit) {
        public Config {
            if (dimensions < 1 || width < 1 || depth < 0 || width > 1 << 16 || depth > 1000 || !(timeUnit > 0)) {
                throw new MedleyException("mlp: dimensions " + dimensions + ", width " + width + ", depth " + depth
                        + " and time unit " + timeUnit + " are not usable");
            }
        }
    }

    private static final int FREQUENCIES = 4;

    private final Config config;
    private final Linear first;
    private final List<Linear> hidden = new ArrayList<>();
    private final Linear last;

    public MlpNetwork(Weights weights, Config config) {
        this.config = config;
        this.first = new Linear(
                weights.at("first"), config.dimensions + 1 + 2 * FREQUENCIES, config.width, true, Init.fanIn());
        for (int i = 0; i < config.depth; i++) {
            hidden.add(new Linear(weights.at("hidden." + i), config.width, config.width, true, Init.fanIn()));
        }
        this.last = new Linear(weights.at("last"), config.width, config.dimensions, true, Init.ZEROS);
    }

    @Override
    public Tensor forward(Tensor x, Tensor t) {
        var time = t.mul(1 / config.timeUnit).unsqueeze(1); // (B, 1)
        var inputs = new ArrayList<>(List.of(x, time));
        for (int k = 0; k < FREQUENCIES; k++) {
            var phase = time.mul(Math.PI * Math.pow(2, k) / 2);
            inputs.add(phase.sin());
            inputs.add(phase.cos());
        }
        var h = first.forward(Tensor.cat(inputs, 1)).silu(); // (B, W)
        for (var layer : hidden) {
            h = h.add(layer.forward(h).silu());
        }
        return last.forward(h);
    }
}
