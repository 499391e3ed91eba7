package io.medley.nn;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;

/** Fits learned positions to another image size, as {@code interpolate_pos_embed} of salesforce/BLIP. */
public final class PositionEmbeddings {
    private PositionEmbeddings() {}

    /**
     * Resamples the grid part bicubically (corners not aligned, no antialias); extra tokens such as the class token stay as they are.
     *
     * @param positions (1, extra + g², C), g the side of the old grid
     * @param tokens number of tokens wanted, extra + G²
     * @param extra tokens before the grid
     * @return (1, tokens, C)
     */
    public static Tensor interpolate(Tensor positions, long tokens, int extra) {
        if (positions.size(1) == tokens) {
            return positions;
        }
        long from = side(positions.size(1) - extra);
        long to = side(tokens - extra);
        long width = positions.size(2);
        var grid = positions
                .narrow(1, extra, from * from)
                .reshape(1, from, from, width)
                .permute(0, 3, 1, 2); // (1, C, g, g)
        var resized = grid.resizeBicubic(to, to).permute(0, 2, 3, 1).reshape(1, to * to, width);
        return extra == 0 ? resized : Tensor.cat(1, positions.narrow(1, 0, extra), resized);
    }

    private static long side(long patches) {
        long side = (long) Math.sqrt(patches);
        if (patches < 1 || side * side != patches) {
            throw new MedleyException("position embeddings: " + patches
                    + " patches are not a square grid; the checkpoint has another architecture");
        }
        return side;
    }
}
