package io.medley.model.unet;

import io.medley.nn.Init;
import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * EDM's {@code Conv2d}: a convolution that may double or halve the sides with a blur around it, or only the latter.
 *
 * <p>The blur's weights are stored with the network's, as (1, 1, f, f). Where they are a plain mean of four pixels, cheaper operations do the
 * same.
 */
final class ResamplingConvolution {
    /** What happens to the sides. */
    enum Resampling {
        NONE,
        UP,
        DOWN,
        /** Halved after the convolution and not before it. */
        DOWN_AFTER
    }

    private static final float[] BOX = {0.25f, 0.25f, 0.25f, 0.25f};

    private final String path;
    private final int kernel;
    private final Resampling resampling;
    private final @Nullable Tensor weight; // (out, in, k, k)
    private final @Nullable Tensor bias; // (out)
    private final @Nullable Tensor blur; // (1, 1, f, f)
    private final boolean box;

    /** @param kernel 0 for no convolution */
    ResamplingConvolution(
            Weights weights, int in, int out, int kernel, Resampling resampling, List<Integer> filter, Init init) {
        this.path = weights.path();
        this.kernel = kernel;
        this.resampling = resampling;
        this.weight = kernel == 0 ? null : weights.parameter("weight", init, out, in, kernel, kernel);
        this.bias = kernel == 0 ? null : weights.parameter("bias", Init.ZEROS, out);
        int size = filter.size();
        this.blur = resampling == Resampling.NONE
                ? null
                : weights.buffer("resample_filter", (generator, shape) -> blur(filter), 1, 1, size, size);
        this.box = blur != null && Arrays.equals(blur.toFloats(), BOX);
    }

    private static Tensor blur(List<Integer> filter) {
        double sum = filter.stream().mapToInt(Integer::intValue).sum();
        int size = filter.size();
        var values = new float[size * size];
        for (int i = 0; i < values.length; i++) {
            values[i] = (float) (filter.get(i / size) * filter.get(i % size) / (sum * sum));
        }
        return Tensor.of(values, 1, 1, size, size);
    }

    /** (B, in, H, W) → (B, out, H', W'). */
    Tensor forward(Tensor x) {
        int padding = kernel / 2;
        var result =
                switch (resampling) {
                    case NONE -> convolve(x, padding);
                    case UP -> convolve(doubled(x), padding);
                    case DOWN -> convolve(halved(x, blurPadding()), padding);
                    // As the original: all padding at the convolution, none at the blur, and the bias last, which it
                    // does not change.
                    case DOWN_AFTER -> halved(convolve(x, padding + blurPadding()), 0);
                };
        return Trace.tap(path, result);
    }

    private Tensor convolve(Tensor x, int padding) {
        return weight == null ? x : x.conv2d(weight, bias, 1, padding, 1);
    }

    private Tensor doubled(Tensor x) {
        if (blur == null || box) {
            return Pixels.doubled(x);
        }
        int channels = (int) x.size(1);
        return x.convTranspose2d(blur.mul(4).expand(channels, 1, -1, -1).contiguous(), 2, blurPadding(), channels);
    }

    private Tensor halved(Tensor x, int padding) {
        if (blur == null || box && padding == 0) {
            return x.averagePool2d(2);
        }
        int channels = (int) x.size(1);
        return x.conv2d(blur.expand(channels, 1, -1, -1).contiguous(), null, 2, padding, channels);
    }

    private int blurPadding() {
        return blur == null ? 0 : (int) (blur.size(3) - 1) / 2;
    }
}
