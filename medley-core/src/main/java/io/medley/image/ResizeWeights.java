package io.medley.image;

/**
 * For each output position of one axis the first source position, the number of taps and their weights in 22-bit fixed point (Pillow's
 * {@code precompute_coeffs} and {@code normalize_coeffs_8bpc}).
 */
final class ResizeWeights {
    /** 32 bits less 8 of the pixel and 2 of headroom, since weights may exceed 1 in sum of magnitudes. */
    static final int PRECISION_BITS = 32 - 8 - 2;

    /** Added to a sum before its fraction is cut. */
    static final int HALF = 1 << (PRECISION_BITS - 1);

    final int[] first;
    final int[] count;
    /** Taps of output i start at {@code i * stride}. */
    final int[] weights;

    final int stride;

    ResizeWeights(int in, int out, ResizeFilter filter) {
        double scale = (double) in / out;
        double filterScale = Math.max(1, scale);
        double support = filter.support() * filterScale;
        stride = (int) Math.ceil(support) * 2 + 1;
        first = new int[out];
        count = new int[out];
        weights = new int[Math.multiplyExact(out, stride)];
        double[] taps = new double[stride];
        double inverse = 1 / filterScale;
        for (int i = 0; i < out; i++) {
            double centre = (i + 0.5) * scale;
            int from = Math.max(0, (int) (centre - support + 0.5));
            int taken = Math.min(in, (int) (centre + support + 0.5)) - from;
            double sum = 0;
            for (int t = 0; t < taken; t++) {
                taps[t] = filter.weight((t + from - centre + 0.5) * inverse);
                sum += taps[t];
            }
            for (int t = 0; t < taken; t++) {
                double weight = sum == 0 ? taps[t] : taps[t] / sum;
                weights[i * stride + t] = (int) (weight * (1 << PRECISION_BITS) + (weight < 0 ? -0.5 : 0.5));
            }
            first[i] = from;
            count[i] = taken;
        }
    }

    /** From fixed point to 0..255. */
    static int clip(int sum) {
        return Math.max(0, Math.min(255, sum >> PRECISION_BITS));
    }
}
