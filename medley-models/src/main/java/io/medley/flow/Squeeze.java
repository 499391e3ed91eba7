package io.medley.flow;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * Trades space for channels: (B, C, H, W) → (B, C·f², H/f, W/f), the f² elements of a block becoming neighbouring channels, in reading order.
 * nflows' {@code SqueezeTransform}, and the inverse of normflows' {@code Squeeze}.
 *
 * @param factor side of a block
 */
public record Squeeze(int factor) implements Bijector {

    public Squeeze {
        if (factor < 2) {
            throw new MedleyException("squeeze: factor " + factor + " must be 2 or more");
        }
    }

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        var s = x.shape();
        if (s.length != 4 || s[2] % factor != 0 || s[3] % factor != 0) {
            throw new MedleyException("squeeze: shape " + java.util.Arrays.toString(s)
                    + " must be (B, C, H, W) with H and W divisible by " + factor);
        }
        var blocks = x.reshape(s[0], s[1], s[2] / factor, factor, s[3] / factor, factor)
                .permute(0, 1, 3, 5, 2, 4)
                .reshape(s[0], s[1] * factor * factor, s[2] / factor, s[3] / factor);
        return Mapped.volumePreserving(blocks);
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        var s = y.shape();
        long channels = s[1] / ((long) factor * factor);
        var picture = y.reshape(s[0], channels, factor, factor, s[2], s[3])
                .permute(0, 1, 4, 2, 5, 3)
                .reshape(s[0], channels, s[2] * factor, s[3] * factor);
        return Mapped.volumePreserving(picture);
    }
}
