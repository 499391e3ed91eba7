package io.medley.image;

/** {@code scipy.ndimage.gaussian_filter} in two dimensions, cut off at four sigma. */
final class Gaussian {
    private static final double TRUNCATE = 4;

    private Gaussian() {}

    /** What lies beyond the edge. */
    enum Border {
        /** (d c b a | a b c d | d c b a). */
        REFLECT,
        /** Zeros. */
        ZERO
    }

    static double[] blur(double[] in, int height, int width, double sigmaY, double sigmaX, Border border) {
        double[] rows = line(in, height, width, width, 1, sigmaY, border);
        return line(rows, width, height, 1, width, sigmaX, border);
    }

    /** Filters {@code lines} lines of {@code length} values {@code step} apart; lines begin {@code lineStep} apart. */
    private static double[] line(
            double[] in, int length, int lines, int step, int lineStep, double sigma, Border border) {
        if (!(sigma > 1e-15)) {
            return in;
        }
        int radius = (int) (TRUNCATE * sigma + 0.5);
        double[] weights = new double[radius + 1];
        double sum = 0;
        for (int k = 0; k <= radius; k++) {
            weights[k] = Math.exp(-0.5 * k * k / (sigma * sigma));
            sum += k == 0 ? weights[k] : 2 * weights[k];
        }
        double[] padded = new double[length + 2 * radius];
        double[] out = new double[in.length];
        for (int l = 0; l < lines; l++) {
            int start = l * lineStep;
            for (int i = 0; i < padded.length; i++) {
                int at = i - radius;
                boolean inside = at >= 0 && at < length;
                if (!inside && border == Border.REFLECT) {
                    int folded = Math.floorMod(at, 2 * length);
                    at = folded < length ? folded : 2 * length - 1 - folded;
                }
                padded[i] = inside || border == Border.REFLECT ? in[start + at * step] : 0;
            }
            for (int i = 0; i < length; i++) {
                double value = weights[0] * padded[i + radius];
                for (int k = 1; k <= radius; k++) {
                    value += weights[k] * (padded[i + radius - k] + padded[i + radius + k]);
                }
                out[start + i * step] = value / sum;
            }
        }
        return out;
    }
}
