package io.medley.image;

import java.util.Arrays;

/**
 * The horizontal pass, two rows at a time. Two 8-bit samples ride in one 64-bit word, 32 bits apart, so that one multiplication weights both:
 * HotSpot cannot turn this pass into SIMD code (its loads are scattered), and this is the next best.
 */
final class RowResizer {
    /** Weights are filled up with zeros to a multiple of this many taps. */
    private static final int STEP = 4;

    private final byte[] in;
    private final int width;
    private final int height;
    private final int channels;
    private final int newWidth;
    private final int[] first;
    private final int taps;
    /** For output x at {@code x * taps}; empty if the width stays. */
    private final int[] weights;
    /** Samples of two rows, one channel: the upper row in the low half. Zeros behind the end meet the zero weights. */
    private final long[][] words;

    private final long[] sums;
    private final int[] upper;
    private final int[] lower;
    private int pair = -1;

    RowResizer(byte[] in, int width, int height, int channels, int newWidth, ResizeFilter filter) {
        this.in = in;
        this.width = width;
        this.height = height;
        this.channels = channels;
        this.newWidth = newWidth;
        this.upper = new int[newWidth * channels];
        this.lower = new int[newWidth * channels];
        this.sums = new long[newWidth];
        if (newWidth == width) {
            first = new int[0];
            weights = new int[0];
            taps = 0;
            words = new long[0][];
            return;
        }
        ResizeWeights exact = new ResizeWeights(width, newWidth, filter);
        int most = 0;
        for (int count : exact.count) {
            most = Math.max(most, count);
        }
        taps = (most + STEP - 1) / STEP * STEP;
        first = exact.first;
        weights = new int[newWidth * taps];
        for (int x = 0; x < newWidth; x++) {
            System.arraycopy(exact.weights, x * exact.stride, weights, x * taps, exact.count[x]);
        }
        words = new long[channels][width + taps];
    }

    /** Row {@code y}, planar, valid until the next call but one. */
    int[] row(int y) {
        if (y / 2 != pair) {
            pair = y / 2;
            int a = pair * 2 * width * channels;
            int b = Math.min(pair * 2 + 1, height - 1) * width * channels;
            if (taps == 0) {
                widen(a, upper);
                widen(b, lower);
            } else {
                compute(a, b);
            }
        }
        return (y & 1) == 0 ? upper : lower;
    }

    private void widen(int from, int[] out) {
        for (int c = 0; c < channels; c++) {
            for (int x = 0, i = from + c; x < width; x++, i += channels) {
                out[c * width + x] = in[i] & 0xff;
            }
        }
    }

    private void compute(int a, int b) {
        if (channels == 3) {
            pack3(in, a, b, width, words[0], words[1], words[2]);
        } else {
            for (int c = 0; c < channels; c++) {
                pack(in, a + c, b + c, channels, width, words[c]);
            }
        }
        for (int c = 0; c < channels; c++) {
            Arrays.fill(sums, 0);
            int tap = 0;
            for (; tap + 2 * STEP <= taps; tap += 2 * STEP) {
                weigh8(words[c], first, weights, tap, taps, sums);
            }
            if (tap < taps) {
                weigh4(words[c], first, weights, tap, taps, sums);
            }
            split(sums, upper, lower, c * newWidth);
        }
    }

    // The loops are static methods over arrays, without loops inside: HotSpot then keeps the processor's multipliers
    // busy.

    private static void pack3(byte[] in, int a, int b, int width, long[] red, long[] green, long[] blue) {
        for (int x = 0; x < width; x++) {
            int i = a + 3 * x;
            int j = b + 3 * x;
            red[x] = pack(in[i], in[j]);
            green[x] = pack(in[i + 1], in[j + 1]);
            blue[x] = pack(in[i + 2], in[j + 2]);
        }
    }

    private static void pack(byte[] in, int a, int b, int channels, int width, long[] word) {
        for (int x = 0; x < width; x++) {
            word[x] = pack(in[a + x * channels], in[b + x * channels]);
        }
    }

    private static void weigh8(long[] word, int[] first, int[] w, int tap, int taps, long[] sums) {
        for (int x = 0; x < sums.length; x++) {
            int p = first[x] + tap;
            int t = x * taps + tap;
            sums[x] += word[p] * w[t]
                    + word[p + 1] * w[t + 1]
                    + word[p + 2] * w[t + 2]
                    + word[p + 3] * w[t + 3]
                    + word[p + 4] * w[t + 4]
                    + word[p + 5] * w[t + 5]
                    + word[p + 6] * w[t + 6]
                    + word[p + 7] * w[t + 7];
        }
    }

    private static void weigh4(long[] word, int[] first, int[] w, int tap, int taps, long[] sums) {
        for (int x = 0; x < sums.length; x++) {
            int p = first[x] + tap;
            int t = x * taps + tap;
            sums[x] += word[p] * w[t] + word[p + 1] * w[t + 1] + word[p + 2] * w[t + 2] + word[p + 3] * w[t + 3];
        }
    }

    private static void split(long[] sums, int[] upper, int[] lower, int to) {
        for (int x = 0; x < sums.length; x++) {
            upper[to + x] = low(sums[x]);
            lower[to + x] = high(sums[x]);
        }
    }

    private static long pack(byte low, byte high) {
        return (low & 0xffL) | (high & 0xffL) << 32;
    }

    private static int low(long sum) {
        return ResizeWeights.clip((int) sum + ResizeWeights.HALF);
    }

    /** A negative low half has borrowed from the high one: taking it away first gives that back. */
    private static int high(long sum) {
        return ResizeWeights.clip((int) ((sum - (int) sum) >> 32) + ResizeWeights.HALF);
    }
}
