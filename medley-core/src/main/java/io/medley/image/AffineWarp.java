package io.medley.image;

/**
 * {@code cv2.warpAffine} with bilinear interpolation and a constant border, in its fixed point: positions to 1/32 of a pixel, weights to
 * 1/32768.
 */
final class AffineWarp {
    private static final int POSITION_BITS = 10;
    private static final int FRACTION_BITS = 5;
    private static final int FRACTIONS = 1 << FRACTION_BITS;
    private static final double SCALE = 1 << POSITION_BITS;
    private static final int ROUNDING = (1 << POSITION_BITS) / FRACTIONS / 2;

    private AffineWarp() {}

    /** Moves pixel (x, y) to (a x + b y + c, d x + e y + f); the size stays. */
    static RgbImage apply(RgbImage image, double a, double b, double c, double d, double e, double f, int fill) {
        double det = a * e - b * d;
        double inverse = det == 0 ? 0 : 1 / det;
        double ia = e * inverse;
        double ib = -b * inverse;
        double id = -d * inverse;
        double ie = a * inverse;
        double ic = -ia * c - ib * f;
        double jf = -id * c - ie * f;
        int width = image.width();
        int height = image.height();
        byte[] rgb = image.rgb();
        byte[] out = new byte[rgb.length];
        int to = 0;
        for (int y = 0; y < height; y++) {
            int rowX = (int) Math.rint((ib * y + ic) * SCALE) + ROUNDING;
            int rowY = (int) Math.rint((ie * y + jf) * SCALE) + ROUNDING;
            for (int x = 0; x < width; x++) {
                int px = (rowX + (int) Math.rint(ia * x * SCALE)) >> (POSITION_BITS - FRACTION_BITS);
                int py = (rowY + (int) Math.rint(id * x * SCALE)) >> (POSITION_BITS - FRACTION_BITS);
                int fx = px & (FRACTIONS - 1);
                int fy = py & (FRACTIONS - 1);
                int sx = px >> FRACTION_BITS;
                int sy = py >> FRACTION_BITS;
                for (int channel = 0; channel < 3; channel++) {
                    int topLeft = at(rgb, width, height, sx, sy, channel, fill);
                    int topRight = at(rgb, width, height, sx + 1, sy, channel, fill);
                    int lowLeft = at(rgb, width, height, sx, sy + 1, channel, fill);
                    int lowRight = at(rgb, width, height, sx + 1, sy + 1, channel, fill);
                    int top = topLeft * (FRACTIONS - fx) + topRight * fx;
                    int low = lowLeft * (FRACTIONS - fx) + lowRight * fx;
                    out[to++] = (byte)
                            ((top * (FRACTIONS - fy) + low * fy + FRACTIONS * FRACTIONS / 2) >> (2 * FRACTION_BITS));
                }
            }
        }
        return new RgbImage(width, height, out);
    }

    private static int at(byte[] rgb, int width, int height, int x, int y, int channel, int fill) {
        return x < 0 || y < 0 || x >= width || y >= height ? fill : rgb[(y * width + x) * 3 + channel] & 0xff;
    }
}
