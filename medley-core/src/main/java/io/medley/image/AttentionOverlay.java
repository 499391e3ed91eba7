package io.medley.image;

/**
 * Heat maps over pictures, as LAVIS draws them ({@code lavis/common/gradcam.py}, {@code getAttMap}): the map is stretched to 0..1, enlarged by
 * cubic splines, blurred if wanted, coloured with "jet" and blended, strong where the map is. Unlike there an all-zero map stays finite: it is
 * drawn as zeros.
 */
public final class AttentionOverlay {
    private static final double BLUR = 0.02;
    private static final double BLEND = 0.7;

    private AttentionOverlay() {}

    /**
     * The map at the picture's size.
     *
     * @param map (rows, columns), row-major, finite
     * @param blur whether to smooth by a Gaussian of 0.02 × the longer side
     * @return (height, width), row-major, 0..1
     */
    public static double[] heat(double[] map, int rows, int columns, int height, int width, boolean blur) {
        if (rows < 1 || columns < 1 || map.length != (long) rows * columns) {
            throw new IllegalArgumentException(
                    "heat: a map of " + rows + "x" + columns + " has not " + map.length + " values");
        }
        for (double value : map) {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("heat: the map holds " + value);
            }
        }
        double[] unit = map.clone();
        stretch(unit);
        double[] large = SplineZoom.resize(unit, rows, columns, height, width);
        if (blur) {
            double sigma = BLUR * Math.max(height, width);
            large = Gaussian.blur(large, height, width, sigma, sigma, Gaussian.Border.REFLECT);
            stretch(large);
        }
        return large;
    }

    /**
     * The coloured map over the picture.
     *
     * @param image (height, width, 3), 0..1
     * @param heat (height, width), 0..1
     * @return (height, width, 3), 0..1
     */
    public static double[] blend(double[] image, double[] heat) {
        if (image.length != 3L * heat.length) {
            throw new IllegalArgumentException("blend: " + heat.length
                    + " values of heat need three times as many of the picture, got " + image.length);
        }
        double[] out = new double[image.length];
        for (int i = 0; i < heat.length; i++) {
            double strength = Math.pow(heat[i], BLEND);
            for (int c = 0; c < 3; c++) {
                out[3 * i + c] = (1 - strength) * image[3 * i + c] + strength * JetColourMap.channel(heat[i], c);
            }
        }
        return out;
    }

    /** {@link #heat} and {@link #blend} on a picture, at its own size. */
    public static RgbImage draw(RgbImage image, double[] map, int rows, int columns, boolean blur) {
        byte[] rgb = image.rgb();
        double[] pixels = new double[rgb.length];
        for (int i = 0; i < rgb.length; i++) {
            pixels[i] = (rgb[i] & 0xff) / 255.0;
        }
        double[] mixed = blend(pixels, heat(map, rows, columns, image.height(), image.width(), blur));
        byte[] out = new byte[rgb.length];
        for (int i = 0; i < out.length; i++) {
            out[i] = (byte) Math.max(0, Math.min(255, Math.rint(mixed[i] * 255)));
        }
        return new RgbImage(image.width(), image.height(), out);
    }

    /** To 0..1 in place; a map without contrast becomes zeros. */
    private static void stretch(double[] values) {
        double min = Double.POSITIVE_INFINITY;
        double max = Double.NEGATIVE_INFINITY;
        for (double value : values) {
            min = Math.min(min, value);
            max = Math.max(max, value);
        }
        double range = max - min;
        for (int i = 0; i < values.length; i++) {
            values[i] = range > 0 ? Math.min(1, (values[i] - min) / range) : 0;
        }
    }
}
