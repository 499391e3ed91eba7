package io.medley.flow;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import java.util.ArrayList;
import java.util.List;

/**
 * Glow (Kingma and Dhariwal, 2018) over pictures of bytes (B, C, S, S): dequantisation, then levels of squeeze and steps; half of the
 * channels leave after each level but the last, through an affine map that the other half predicts. That map is openai/glow's learned
 * prior of the dropped half, so all noise is standard normal.
 *
 * @param channels C
 * @param size S, divisible by 2 once per level
 * @param levels L, 3 for 32 px in the paper
 * @param steps K per level, 32 in the paper
 * @param hidden channels of the couplings' networks, 512 in the paper
 */
public record GlowConfig(int channels, int size, int levels, int steps, int hidden) implements FlowConfig {
    private static final int BYTE_LEVELS = 256;

    public GlowConfig {
        Checks.range("Glow: channels", channels, 1, 256);
        Checks.range("Glow: levels", levels, 1, 16);
        Checks.range("Glow: steps", steps, 1, 256);
        Checks.range("Glow: hidden", hidden, 1, 4096);
        Checks.range("Glow: size", size, 2, 4096);
        Checks.halves("Glow", size, levels);
    }

    @Override
    public Flow build(Weights weights, Generator noise) {
        List<Bijector> scales = new ArrayList<>();
        List<Split> splits = new ArrayList<>();
        List<long[]> shapes = new ArrayList<>();
        int c = channels;
        int s = size;
        for (int level = 0; level < levels; level++) {
            c *= 4;
            s /= 2;
            boolean last = level == levels - 1;
            scales.add(level(weights.at("levels." + level), c, last));
            shapes.add(new long[] {last ? c : c / 2, s, s});
            if (!last) {
                splits.add(new Split.Channels(false));
                c /= 2;
            }
        }
        return new Flow(
                Composite.of(
                        new Dequantize(BYTE_LEVELS, noise),
                        new PointwiseAffine(1, -0.5),
                        new MultiScale(scales, splits, shapes)),
                new Base.StandardNormal((long) channels * size * size));
    }

    private Bijector level(Weights weights, int c, boolean last) {
        List<Bijector> parts = new ArrayList<>();
        parts.add(new Squeeze(2));
        var split = new Split.Channels(false);
        var options = new GlowStep.Options(c, hidden, ScaleMap.SIGMOID, split, true, 0);
        for (int k = 0; k < steps; k++) {
            parts.add(GlowStep.of(weights.at("steps." + k), options).inverted());
        }
        if (!last) {
            var function = new Affine(ScaleMap.EXP, false);
            var network = new Convolution(
                    weights.at("prior"), split.first(c), function.parameters() * split.second(c), 3, Init.ZEROS);
            parts.add(new Coupling(split, network, function, ParameterLayout.BY_ELEMENT));
        }
        return new Composite(parts);
    }
}
