package io.medley.flow;

import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import java.util.ArrayList;
import java.util.List;

/**
 * Planar maps over a standard normal distribution. As built, the closed-form direction leads from data to noise, for maximum likelihood;
 * Rezende and Mohamed (2015) fit energies with the flow {@link Bijector#inverted() inverted}, where it leads from noise to samples.
 *
 * @param features D
 * @param layers number of maps
 */
public record PlanarConfig(int features, int layers) implements FlowConfig {

    public PlanarConfig {
        Checks.range("planar flow: features", features, 1, 1 << 16);
        Checks.range("planar flow: layers", layers, 1, 1024);
    }

    @Override
    public Flow build(Weights weights, Generator noise) {
        List<Bijector> parts = new ArrayList<>();
        for (int i = 0; i < layers; i++) {
            parts.add(new Planar(weights.at("flows." + i), features, Planar.Activation.TANH));
        }
        return new Flow(new Composite(parts), new Base.StandardNormal(features));
    }
}
