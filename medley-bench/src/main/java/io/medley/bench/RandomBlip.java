package io.medley.bench;

import io.medley.model.blip.BlipCaptioner;
import io.medley.model.blip.BlipConfig;
import io.medley.model.blip.BlipMatcher;
import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;
import java.util.HashMap;
import java.util.Map;

/** BLIP with random constant weights: norms one, biases zero, the rest normal with deviation 0.02. Speed does not depend on the values. */
final class RandomBlip {
    private final BlipConfig config;
    private final Generator generator;
    private final Map<String, Tensor> values = new HashMap<>();

    RandomBlip(BlipConfig config, long seed) {
        this.config = config;
        this.generator = Generator.of(seed);
    }

    BlipConfig config() {
        return config;
    }

    BlipCaptioner captioner() {
        var names = Weights.shapes();
        new BlipCaptioner(names, config);
        draw(names);
        return new BlipCaptioner(Weights.of(values), config);
    }

    /** Shares the image encoder's weights with the captioner. */
    BlipMatcher matcher() {
        var names = Weights.shapes();
        new BlipMatcher(names, config);
        draw(names);
        return new BlipMatcher(Weights.of(values), config);
    }

    private void draw(Weights names) {
        names.expected().forEach((name, shape) -> values.computeIfAbsent(name, n -> value(n, shape)));
    }

    private Tensor value(String name, long[] shape) {
        if (shape.length > 1) {
            return generator.normal(shape).mul_(0.02);
        }
        return Tensor.zeros(shape).fill_(name.endsWith("bias") ? 0 : 1);
    }
}
