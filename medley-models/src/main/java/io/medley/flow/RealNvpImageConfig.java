package io.medley.flow;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * RealNVP (Dinh et al., 2017) over pictures of bytes (B, C, S, S): dequantisation, logit, then at each scale three couplings with
 * checkerboard masks, squeeze, three with channel masks, and half of the channels leave; the last scale has four with checkerboards. Its
 * residual networks are replaced by Glow's, and its batch normalisation by activation normalisation.
 *
 * @param channels C
 * @param size S, divisible by 2 once per scale but the last, and even there
 * @param scales number of scales
 * @param hidden channels of the networks
 */
public record RealNvpImageConfig(int channels, int size, int scales, int hidden) implements FlowConfig {
    private static final double ALPHA = 0.05;
    private static final int LEVELS = 256;
    private static final int COUPLINGS = 3;

    public RealNvpImageConfig {
        Checks.range("RealNVP: channels", channels, 1, 256);
        Checks.range("RealNVP: scales", scales, 1, 16);
        Checks.range("RealNVP: hidden", hidden, 1, 4096);
        Checks.range("RealNVP: size", size, 2, 4096);
        Checks.halves("RealNVP", size, scales);
    }

    @Override
    public Flow build(Weights weights, Generator noise) {
        List<Bijector> levels = new ArrayList<>();
        List<Split> splits = new ArrayList<>();
        List<long[]> shapes = new ArrayList<>();
        int c = channels;
        int s = size;
        for (int i = 0; i < scales - 1; i++) {
            var at = weights.at("scales." + i);
            List<Bijector> parts = new ArrayList<>();
            checkerboards(at, c, s, COUPLINGS, parts);
            parts.add(new Squeeze(2));
            c *= 4;
            s /= 2;
            for (int k = 0; k < COUPLINGS; k++) {
                parts.add(channelwise(at.at("channel." + k), c, k % 2 == 1));
                parts.add(ActNorm.of(at.at("channel_norm." + k), c, 4));
            }
            levels.add(new Composite(parts));
            splits.add(new Split.Channels(false));
            shapes.add(new long[] {c / 2, s, s});
            c /= 2;
        }
        List<Bijector> last = new ArrayList<>();
        checkerboards(weights.at("scales." + (scales - 1)), c, s, COUPLINGS + 1, last);
        levels.add(new Composite(last));
        shapes.add(new long[] {c, s, s});
        return new Flow(
                Composite.of(
                        new Dequantize(LEVELS, noise), Sigmoid.logit(ALPHA), new MultiScale(levels, splits, shapes)),
                new Base.StandardNormal((long) channels * size * size));
    }

    private void checkerboards(Weights weights, int c, int s, int count, List<Bijector> parts) {
        for (int k = 0; k < count; k++) {
            var at = weights.at("checkerboard." + k);
            var scale = new ConvNet(at.at("s"), c, hidden, c, 0);
            var shift = new ConvNet(at.at("t"), c, hidden, c, 0);
            // Bounded like the couplings over channels, or single elements could run away.
            Network bounded = (x, context) -> ScaleMap.TANH.logScale(scale.apply(x, context));
            parts.add(new MaskedAffine(at, mask(k % 2), new long[] {1, 1, s, s}, bounded, shift));
            parts.add(ActNorm.of(weights.at("checkerboard_norm." + k), c, 4));
        }
    }

    private Coupling channelwise(Weights weights, int c, boolean swapped) {
        var split = new Split.Channels(swapped);
        var function = new Affine(ScaleMap.TANH, false);
        var network = new ConvNet(weights, split.first(c), hidden, function.parameters() * split.second(c), 0);
        return new Coupling(split, network, function, ParameterLayout.BY_ELEMENT);
    }

    /** Ones where row and column have a sum of this parity. */
    private static Init mask(int parity) {
        return (generator, shape) -> {
            int rows = Math.toIntExact(shape[2]);
            int columns = Math.toIntExact(shape[3]);
            var ones = new float[rows * columns];
            for (int i = 0; i < ones.length; i++) {
                ones[i] = (i / columns + i % columns) % 2 == parity ? 1 : 0;
            }
            return Tensor.of(ones, shape);
        };
    }
}
