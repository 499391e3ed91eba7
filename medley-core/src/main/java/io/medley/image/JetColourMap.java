package io.medley.image;

/** Matplotlib's colour map "jet" in 256 steps: blue for 0, green in the middle, red for 1. */
public final class JetColourMap {
    /** Corners (position, value) of the three piecewise linear channels. */
    private static final double[][][] CORNERS = {
        {{0, 0}, {0.35, 0}, {0.66, 1}, {0.89, 1}, {1, 0.5}},
        {{0, 0}, {0.125, 0}, {0.375, 1}, {0.64, 1}, {0.91, 0}, {1, 0}},
        {{0, 0.5}, {0.11, 1}, {0.34, 1}, {0.65, 0}, {1, 0}}
    };

    private JetColourMap() {}

    /** One channel (0 red, 1 green, 2 blue) of the colour of {@code value}, 0..1; values outside have the colour of the nearer end. */
    public static double channel(double value, int channel) {
        double step = Math.max(0, Math.min(255, Math.floor(value * 256)));
        double position = step / 255;
        double[][] corners = CORNERS[channel];
        int next = 1;
        while (next < corners.length - 1 && corners[next][0] < position) {
            next++;
        }
        double[] a = corners[next - 1];
        double[] b = corners[next];
        return a[1] + (b[1] - a[1]) * (position - a[0]) / (b[0] - a[0]);
    }
}
