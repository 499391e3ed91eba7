package io.medley.image;

/**
 * The horizontal pass, a few rows at a time. Two 8-bit samples ride in one 64-bit word, 32 bits apart, so that one multiplication weights
 * both: plain Java runs this faster than the bytes one by one, and HotSpot cannot vectorise the gather. The words hold samples 0 and 1 of a
 * pixel, then 2 and 3 (or, for three channels, sample 2 of two neighbouring rows).
 */
final class RowShrinker {
    private final byte[] in;
    private final int width;
    private final int height;
    private final int channels;
    private final ResizeWeights weights;
    private final int newWidth;
    private final long[] low;
    private final long[] high;
    private final long[] third;
    private final int[] even;
    private final int[] odd;
    private int pair = -1;

    RowShrinker(byte[] in, int width, int height, int channels, ResizeWeights weights) {
        this.in = in;
        this.width = width;
        this.height = height;
        this.channels = channels;
        this.weights = weights;
        this.newWidth = weights.first.length;
        this.low = new long[width];
        this.high = new long[width];
        this.third = new long[channels == 3 ? width : 0];
        this.even = new int[newWidth * channels];
        this.odd = new int[newWidth * channels];
    }

    /** Row {@code y}, shrunk or stretched, as values 0..255. */
    void write(int y, int[] out) {
        int[] row = row(y);
        System.arraycopy(row, 0, out, 0, row.length);
    }

    void write(int y, byte[] out, int offset) {
        int[] row = row(y);
        for (int i = 0; i < row.length; i++) {
            out[offset + i] = (byte) row[i];
        }
    }

    private int[] row(int y) {
        if (y / 2 != pair) {
            pair = y / 2;
            compute(pair * 2);
        }
        return (y & 1) == 0 ? even : odd;
    }

    private void compute(int y) {
        int a = y * width * channels;
        int b = Math.min(y + 1, height - 1) * width * channels;
        switch (channels) {
            case 1 -> {
                for (int x = 0; x < width; x++) {
                    low[x] = pack(in[a + x], in[b + x]);
                }
                weigh(low, even, 0, odd, 0);
            }
            case 2 -> {
                for (int x = 0, i = 0; x < width; x++, i += 2) {
                    low[x] = pack(in[a + i], in[a + i + 1]);
                    high[x] = pack(in[b + i], in[b + i + 1]);
                }
                weigh(low, even, 0, even, 1);
                weigh(high, odd, 0, odd, 1);
            }
            case 3 -> {
                for (int x = 0, i = 0; x < width; x++, i += 3) {
                    low[x] = pack(in[a + i], in[a + i + 1]);
                    high[x] = pack(in[b + i], in[b + i + 1]);
                    third[x] = pack(in[a + i + 2], in[b + i + 2]);
                }
                weigh3();
            }
            default -> {
                quad(a, even);
                quad(b, odd);
            }
        }
    }

    private void quad(int a, int[] out) {
        for (int x = 0, i = a; x < width; x++, i += 4) {
            low[x] = pack(in[i], in[i + 1]);
            high[x] = pack(in[i + 2], in[i + 3]);
        }
        weigh(low, out, 0, out, 1);
        weigh(high, out, 2, out, 3);
    }

    private void weigh(long[] pixels, int[] outLow, int channelLow, int[] outHigh, int channelHigh) {
        for (int x = 0, to = 0; x < newWidth; x++, to += channels) {
            long sum = 0;
            int tap = x * weights.stride;
            int from = weights.first[x];
            for (int t = 0; t < weights.count[x]; t++) {
                sum += pixels[from + t] * weights.weights[tap + t];
            }
            outLow[to + channelLow] = lowHalf(sum);
            outHigh[to + channelHigh] = highHalf(sum);
        }
    }

    private void weigh3() {
        int[] first = weights.first;
        int[] count = weights.count;
        int[] taps = weights.weights;
        int stride = weights.stride;
        for (int x = 0, to = 0; x < first.length; x++, to += 3) {
            long rgA = 0;
            long rgB = 0;
            long blue = 0;
            int tap = x * stride;
            int from = first[x];
            int until = from + count[x];
            for (; from < until; from++, tap++) {
                long weight = taps[tap];
                rgA += low[from] * weight;
                rgB += high[from] * weight;
                blue += third[from] * weight;
            }
            even[to] = lowHalf(rgA);
            even[to + 1] = highHalf(rgA);
            even[to + 2] = lowHalf(blue);
            odd[to] = lowHalf(rgB);
            odd[to + 1] = highHalf(rgB);
            odd[to + 2] = highHalf(blue);
        }
    }

    private static long pack(byte low, byte high) {
        return (low & 0xffL) | (high & 0xffL) << 32;
    }

    private static int lowHalf(long sum) {
        return Resize.clip((int) sum + Resize.half());
    }

    /** A negative low half has borrowed from the high one: taking it away first gives that back. */
    private static int highHalf(long sum) {
        return Resize.clip((int) ((sum - (int) sum) >> 32) + Resize.half());
    }
}
