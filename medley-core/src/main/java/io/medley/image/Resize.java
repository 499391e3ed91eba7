package io.medley.image;

import java.util.Arrays;

/**
 * {@code PIL.Image.resize} on 8-bit pixels, to the bit: antialiased when shrinking (the filter widens), two passes with rounding to 8 bits in
 * between, 22-bit fixed-point weights. Follows the behaviour of Pillow's {@code Resample.c} and, for nearest neighbour, {@code Geometry.c}.
 */
public final class Resize {
    private Resize() {}

    /** {@code image.resize((width, height), filter)}; the image itself when it has that size already. */
    public static RgbImage resize(RgbImage image, int width, int height, ResizeFilter filter) {
        if (image.width() == width && image.height() == height) {
            return image;
        }
        return new RgbImage(
                width, height, resize(image.rgb(), image.width(), image.height(), 3, width, height, filter));
    }

    /** Resizes (H, W, channels) interleaved bytes; 1 to 4 channels, each treated alike. */
    static byte[] resize(byte[] in, int width, int height, int channels, int newWidth, int newHeight, ResizeFilter f) {
        if (newWidth < 1 || newHeight < 1 || (long) newWidth * newHeight * channels > Integer.MAX_VALUE - 8) {
            throw new IllegalArgumentException("resize: cannot make " + newWidth + "x" + newHeight + " pixels");
        }
        if (newWidth == width && newHeight == height) {
            return in.clone();
        }
        if (f == ResizeFilter.NEAREST) {
            return nearest(in, width, height, channels, newWidth, newHeight);
        }
        byte[] out = new byte[newWidth * newHeight * channels];
        resize(in, width, height, channels, newWidth, newHeight, f, RowSink.toBytes(out, newWidth, channels));
        return out;
    }

    /** Both passes of a filter other than {@link ResizeFilter#NEAREST}. */
    static void resize(
            byte[] in,
            int width,
            int height,
            int channels,
            int newWidth,
            int newHeight,
            ResizeFilter filter,
            RowSink sink) {
        RowResizer rows = new RowResizer(in, width, height, channels, newWidth, filter);
        if (newHeight == height) {
            for (int y = 0; y < height; y++) {
                sink.row(y, rows.row(y));
            }
            return;
        }
        vertical(rows, newWidth * channels, new ResizeWeights(height, newHeight, filter), sink);
    }

    private static byte[] nearest(byte[] in, int width, int height, int channels, int newWidth, int newHeight) {
        int[] columns = nearestPositions(width, newWidth);
        int[] rows = nearestPositions(height, newHeight);
        byte[] out = new byte[newWidth * newHeight * channels];
        int to = 0;
        for (int row : rows) {
            for (int column : columns) {
                int from = (row * width + column) * channels;
                for (int c = 0; c < channels; c++) {
                    out[to++] = in[from + c];
                }
            }
        }
        return out;
    }

    private static int[] nearestPositions(int in, int out) {
        double scale = (double) in / out;
        int[] positions = new int[out];
        // The sum is accumulated, not multiplied out, so that its rounding is Pillow's.
        double position = scale * 0.5;
        for (int i = 0; i < out; i++, position += scale) {
            positions[i] = Math.min(in - 1, (int) position);
        }
        return positions;
    }

    /** The vertical pass; source rows go through the horizontal one as they come to be needed. */
    private static void vertical(RowResizer rows, int length, ResizeWeights weights, RowSink sink) {
        int[][] ring = new int[weights.stride][length];
        int[] sums = new int[length];
        int ready = 0;
        for (int y = 0; y < weights.first.length; y++) {
            int from = weights.first[y];
            int until = from + weights.count[y];
            for (ready = Math.max(ready, from); ready < until; ready++) {
                System.arraycopy(rows.row(ready), 0, ring[ready % ring.length], 0, length);
            }
            Arrays.fill(sums, ResizeWeights.HALF);
            int tap = y * weights.stride;
            int source = from;
            for (; source + 2 < until; source += 3, tap += 3) {
                add3(
                        sums,
                        ring[source % ring.length],
                        weights.weights[tap],
                        ring[(source + 1) % ring.length],
                        weights.weights[tap + 1],
                        ring[(source + 2) % ring.length],
                        weights.weights[tap + 2]);
            }
            for (; source < until; source++, tap++) {
                add(sums, ring[source % ring.length], weights.weights[tap]);
            }
            clip(sums);
            sink.row(y, sums);
        }
    }

    // Each of these loops is its own method over plain int arrays: that is what HotSpot turns into SIMD code.

    private static void add(int[] sums, int[] row, int weight) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += row[i] * weight;
        }
    }

    private static void add3(int[] sums, int[] a, int wa, int[] b, int wb, int[] c, int wc) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] += a[i] * wa + b[i] * wb + c[i] * wc;
        }
    }

    private static void clip(int[] sums) {
        for (int i = 0; i < sums.length; i++) {
            sums[i] = ResizeWeights.clip(sums[i]);
        }
    }
}
