package io.medley.model.unet;

import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import java.util.Arrays;

/** Pictures as rows of pixels and back; and what a U-Net takes. */
final class Pixels {
    private Pixels() {}

    /**
     * (B, C, H, W) in the layout in which the network is fastest on the CPU. Convolutions prefer the channels of a pixel side by side, but the
     * gradients of a group norm take several times as long there, which costs more than convolutions gain.
     */
    static Tensor laidOut(Tensor image) {
        return NoGrad.isRecording() ? image.contiguous() : image.channelsLast();
    }

    /** (B, C, H, W) → (B, H·W, C); a view when the channels of a pixel lie side by side. */
    static Tensor tokens(Tensor image) {
        return image.permute(0, 2, 3, 1).reshape(image.size(0), image.size(2) * image.size(3), image.size(1));
    }

    /** (B, H·W, C) → (B, C, H, W), a view. */
    static Tensor image(Tensor tokens, long height, long width) {
        return tokens.reshape(tokens.size(0), height, width, tokens.size(2)).permute(0, 3, 1, 2);
    }

    /** Twice the sides, each pixel four times. */
    static Tensor doubled(Tensor image) {
        return image.resizeNearest(2 * image.size(2), 2 * image.size(3));
    }

    /** Refuses pictures whose sides cannot be halved as often as the network does, and numbers of times other than one a picture. */
    static void check(String where, Tensor x, int channels, int factor, Tensor times) {
        var shape = x.shape();
        if (shape.length != 4 || shape[1] != channels) {
            throw new MedleyException(
                    where + ": expected pictures (B, " + channels + ", H, W), got " + Arrays.toString(shape));
        }
        if (shape[2] < factor || shape[3] < factor || shape[2] % factor != 0 || shape[3] % factor != 0) {
            throw new MedleyException(where + ": sides " + shape[2] + " × " + shape[3] + " are not multiples of "
                    + factor + ", by which this network shrinks pictures; choose sides that are");
        }
        if (times.dim() != 1 || times.size(0) != shape[0]) {
            throw new MedleyException(
                    where + ": expected " + shape[0] + " times, one a picture, got " + Arrays.toString(times.shape()));
        }
    }
}
