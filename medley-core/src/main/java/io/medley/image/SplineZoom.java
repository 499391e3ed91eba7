package io.medley.image;

/**
 * {@code skimage.transform.resize(map, size, order=3, mode="constant")} of scikit-image 0.19: smoothing first where it shrinks, cubic B-splines
 * through the values, zeros all around them, result clipped to the input's range.
 */
final class SplineZoom {
    private static final double POLE = Math.sqrt(3) - 2;
    /** Zeros laid around the values; a spline forgets what is further away. */
    private static final int PAD = 12;

    private SplineZoom() {}

    static double[] resize(double[] in, int rows, int columns, int height, int width) {
        double[] smooth = in.clone();
        if (height < rows || width < columns) {
            double sigmaY = Math.max(0, ((double) rows / height - 1) / 2);
            double sigmaX = Math.max(0, ((double) columns / width - 1) / 2);
            smooth = Gaussian.blur(smooth, rows, columns, sigmaY, sigmaX, Gaussian.Border.ZERO)
                    .clone();
        }
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (double value : smooth) {
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        int stride = columns + 2 * PAD;
        int lines = rows + 2 * PAD;
        double[] padded = new double[lines * stride];
        for (int r = 0; r < rows; r++) {
            System.arraycopy(smooth, r * columns, padded, (r + PAD) * stride + PAD, columns);
        }
        for (int c = 0; c < stride; c++) {
            coefficients(padded, c, stride, lines);
        }
        for (int r = 0; r < lines; r++) {
            coefficients(padded, r * stride, 1, stride);
        }
        Axis vertical = new Axis(rows, height);
        Axis horizontal = new Axis(columns, width);
        double[] out = new double[height * width];
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                double value = 0;
                for (int i = 0; i < 4; i++) {
                    int from = (vertical.start[y] + i) * stride + horizontal.start[x];
                    double line = 0;
                    for (int j = 0; j < 4; j++) {
                        line += padded[from + j] * horizontal.weight[4 * x + j];
                    }
                    value += line * vertical.weight[4 * y + i];
                }
                out[y * width + x] = Math.max(min, Math.min(max, value));
            }
        }
        return out;
    }

    /** From values to B-spline coefficients in place, by the usual recursive filter with mirrored ends. */
    private static void coefficients(double[] values, int start, int step, int n) {
        double gain = (1 - POLE) * (1 - 1 / POLE);
        int last = start + (n - 1) * step;
        for (int i = 0; i < n; i++) {
            values[start + i * step] *= gain;
        }
        double power = POLE;
        double total = values[start] + Math.pow(POLE, n - 1) * values[last];
        double back = Math.pow(POLE, n - 1) * Math.pow(POLE, n - 2);
        for (int i = 1; i < n - 1; i++) {
            total += power * values[start + i * step] + back * values[start + i * step];
            power *= POLE;
            back /= POLE;
        }
        values[start] = total / (1 - Math.pow(POLE, 2.0 * (n - 1)));
        for (int i = 1; i < n; i++) {
            values[start + i * step] += POLE * values[start + (i - 1) * step];
        }
        values[last] = (POLE * values[last - step] + values[last]) * POLE / (POLE * POLE - 1);
        for (int i = n - 2; i >= 0; i--) {
            int at = start + i * step;
            values[at] = POLE * (values[at + step] - values[at]);
        }
    }

    /** For each output position the first of its four coefficients, counted with the padding, and their weights. */
    private static final class Axis {
        final int[] start;
        final double[] weight;

        Axis(int in, int out) {
            start = new int[out];
            weight = new double[4 * out];
            for (int i = 0; i < out; i++) {
                double position = (double) in / out * (i + 0.5) - 0.5;
                start[i] = (int) Math.floor(position) - 1 + PAD;
                double t = position - Math.floor(position);
                double u = 1 - t;
                weight[4 * i] = u * u * u / 6;
                weight[4 * i + 1] = (t * t * (t - 2) * 3 + 4) / 6;
                weight[4 * i + 2] = (u * u * (u - 2) * 3 + 4) / 6;
                weight[4 * i + 3] = t * t * t / 6;
            }
        }
    }
}
