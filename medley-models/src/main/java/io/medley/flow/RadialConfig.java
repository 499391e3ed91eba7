package io.medley.flow;

import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import java.util.ArrayList;
import java.util.List;

/**
 * Radial maps over a standard normal distribution, from data to noise; for energies {@link Bijector#inverted() inverted}, as {@link
 * PlanarConfig}.
 *
 * @param features D
 * @param layers number of maps
 */
public record RadialConfig(int features, int layers) implements FlowConfig {

    public RadialConfig {
        Checks.range("radial flow: features", features, 1, 1 << 16);
        Checks.range("radial flow: layers", layers, 1, 1024);
    }

    @Override
    public Flow build(Weights weights, Generator noise) {
        List<Bijector> parts = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            parts.add(new Radial(weights.at("flows." + i), features));
        }
        return new Flow(new Composite(parts), new Base.StandardNormal(features));
    }
}
