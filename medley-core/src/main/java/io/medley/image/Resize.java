package io.medley.image;

/**
 * {@code PIL.Image.resize} on 8-bit pixels, to the bit: antialiased when shrinking (the filter widens), two passes with rounding to 8 bits in
 * between, 22-bit fixed-point weights. Follows the behaviour of Pillow's {@code Resample.c} and, for nearest neighbour, {@code Geometry.c}.
 */
public final class Resize {
    private static final int SHIFT = ResizeWeights.PRECISION_BITS;
    private static final int HALF = 1 << (SHIFT - 1);

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
        if (newHeight == height) {
            byte[] out = new byte[newWidth * height * channels];
            RowShrinker rows = new RowShrinker(in, width, height, channels, new ResizeWeights(width, newWidth, f));
            for (int y = 0; y < height; y++) {
                rows.write(y, out, y * newWidth * channels);
            }
            return out;
        }
        return vertical(in, width, height, channels, newWidth, newHeight, f);
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

    /** The vertical pass, drawing source rows through the horizontal one as it comes to need them. */
    private static byte[] vertical(
            byte[] in, int width, int height, int channels, int newWidth, int newHeight, ResizeFilter f) {
        ResizeWeights weights = new ResizeWeights(height, newHeight, f);
        int length = newWidth * channels;
        int[][] ring = new int[Math.min(weights.stride, height)][length];
        RowShrinker rows = newWidth == width
                ? null
                : new RowShrinker(in, width, height, channels, new ResizeWeights(width, newWidth, f));
        byte[] out = new byte[newHeight * length];
        int[] sums = new int[length];
        int ready = weights.first[0];
        for (int y = 0; y < newHeight; y++) {
            int from = weights.first[y];
            int until = from + weights.count[y];
            for (ready = Math.max(ready, from); ready < until; ready++) {
                int[] row = ring[ready % ring.length];
                if (rows == null) {
                    widen(in, ready * length, row);
                } else {
                    rows.write(ready, row);
                }
            }
            java.util.Arrays.fill(sums, HALF);
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
            narrow(sums, out, y * length);
        }
        return out;
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

    private static void widen(byte[] in, int offset, int[] out) {
        for (int i = 0; i < out.length; i++) {
            out[i] = in[offset + i] & 0xff;
        }
    }

    private static void narrow(int[] sums, byte[] out, int offset) {
        for (int i = 0; i < sums.length; i++) {
            out[offset + i] = (byte) clip(sums[i]);
        }
    }

    /** From fixed point to 0..255. */
    static int clip(int sum) {
        int value = sum >> SHIFT;
        return Math.max(0, Math.min(255, value));
    }

    static int half() {
        return HALF;
    }
}
