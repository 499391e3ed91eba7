package io.medley.flow;

import io.medley.nn.Weights;
import java.util.ArrayList;
import java.util.List;

/** One step of Glow on (B, C, H, W), from noise to data as normflows' {@code GlowBlock}: coupling, inverse 1×1 convolution, activation normalisation. */
public final class GlowStep {
    private GlowStep() {}

    /**
     * What makes a step.
     *
     * @param channels C
     * @param hidden channels of the coupling's network
     * @param scale of the coupling
     * @param split into what stays and what changes
     * @param lu whether the convolution's matrix is kept as LU factors
     * @param leak slope below zero of the network's activations
     */
    public record Options(int channels, int hidden, ScaleMap scale, Split split, boolean lu, double leak) {}

    /** Reads or draws the parameters of a step. */
    public static Bijector of(Weights weights, Options options) {
        int channels = options.channels;
        var function = new Affine(options.scale, false);
        var network = new ConvNet(
                weights.at("flows.0.flows.1.param_map.net"),
                options.split.first(channels),
                options.hidden,
                function.parameters() * options.split.second(channels),
                options.leak);
        List<Bijector> parts = new ArrayList<>();
        parts.add(new Coupling(options.split, network, function, ParameterLayout.BY_ELEMENT));
        if (channels > 1) {
            var matrix = options.lu
                    ? new SquareMatrix.Plu(weights.at("flows.1"), channels)
                    : new SquareMatrix.Plain(weights.at("flows.1"), channels);
            parts.add(new Mixing(matrix, null).inverted());
        }
        parts.add(ActNorm.of(weights.at("flows." + parts.size()), channels, 4));
        return new Composite(parts);
    }
}
