package io.medley.image;

/** The operations of RandAugment that change values and not positions. Upstream's weights are for B, G, R and meet R, G, B; so do these. */
final class Tones {
    private static final double[] GREY = {0.114, 0.587, 0.299};

    private Tones() {}

    static RgbImage autoContrast(RgbImage image, boolean reference) {
        byte[][] tables = new byte[3][];
        for (int c = 0; c < 3; c++) {
            int[] counts = histogram(image, c);
            int low = 0;
            while (counts[low] == 0) {
                low++;
            }
            int high = 255;
            while (counts[high] == 0) {
                high--;
            }
            byte[] table = new byte[256];
            double scale = high > low ? 255.0 / (high - low) : 1;
            // Upstream negates the unsigned byte: 256 - low.
            double offset = high > low ? (reference ? (256 - low) % 256 : -low) * scale : 0;
            for (int v = 0; v < 256; v++) {
                table[v] = truncate(v * scale + offset);
            }
            tables[c] = table;
        }
        return map(image, tables);
    }

    static RgbImage equalize(RgbImage image) {
        byte[][] tables = new byte[3][];
        for (int c = 0; c < 3; c++) {
            int[] counts = histogram(image, c);
            long all = 0;
            int last = 0;
            for (int count : counts) {
                all += count;
                last = count != 0 ? count : last;
            }
            long step = (all - last) / 255;
            byte[] table = new byte[256];
            long sum = step / 2;
            for (int v = 0; v < 256; v++) {
                table[v] = step == 0 ? (byte) v : (byte) Math.min(255, sum / step);
                sum += counts[v];
            }
            tables[c] = table;
        }
        return map(image, tables);
    }

    static RgbImage solarize(RgbImage image, double threshold) {
        byte[] table = new byte[256];
        for (int v = 0; v < 256; v++) {
            table[v] = (byte) (v < threshold ? v : 255 - v);
        }
        return map(image, table);
    }

    static RgbImage posterize(RgbImage image, int bits) {
        byte[] table = new byte[256];
        int mask = 255 << (8 - bits);
        for (int v = 0; v < 256; v++) {
            table[v] = (byte) (v & mask);
        }
        return map(image, table);
    }

    static RgbImage brightness(RgbImage image, float factor) {
        byte[] table = new byte[256];
        for (int v = 0; v < 256; v++) {
            table[v] = truncate(v * factor);
        }
        return map(image, table);
    }

    static RgbImage contrast(RgbImage image, double factor) {
        double mean = 0;
        for (int c = 0; c < 3; c++) {
            long sum = 0;
            int[] counts = histogram(image, c);
            for (int v = 0; v < 256; v++) {
                sum += (long) v * counts[v];
            }
            mean += (double) sum / ((long) image.width() * image.height()) * GREY[c];
        }
        byte[] table = new byte[256];
        for (int v = 0; v < 256; v++) {
            table[v] = truncate((v - mean) * factor + mean);
        }
        return map(image, table);
    }

    static RgbImage color(RgbImage image, float factor) {
        float[][] base = {{0.886f, -0.114f, -0.114f}, {-0.587f, 0.413f, -0.587f}, {-0.299f, -0.299f, 0.701f}};
        float[] grey = {0.114f, 0.587f, 0.299f};
        float[][] m = new float[3][3];
        for (int i = 0; i < 3; i++) {
            for (int j = 0; j < 3; j++) {
                m[i][j] = base[i][j] * factor + grey[i];
            }
        }
        byte[] rgb = image.rgb();
        byte[] out = new byte[rgb.length];
        for (int p = 0; p < rgb.length; p += 3) {
            float r = rgb[p] & 0xff;
            float g = rgb[p + 1] & 0xff;
            float b = rgb[p + 2] & 0xff;
            for (int j = 0; j < 3; j++) {
                out[p + j] = truncate(Math.fma(b, m[2][j], Math.fma(g, m[1][j], r * m[0][j])));
            }
        }
        return new RgbImage(image.width(), image.height(), out);
    }

    /** Away from (factor above 1) or towards (below 1) the picture smoothed by a 3 × 3 kernel; the outermost pixels stay. */
    static RgbImage sharpness(RgbImage image, float factor, boolean reference) {
        if (factor == 1) {
            return image;
        }
        int width = image.width();
        int stride = width * 3;
        byte[] rgb = image.rgb();
        byte[] out = rgb.clone();
        for (int y = 1; y < image.height() - 1; y++) {
            for (int i = y * stride + 3; i < (y + 1) * stride - 3; i++) {
                int value = rgb[i] & 0xff;
                int sum = 4 * value;
                for (int row = i - stride; row <= i + stride; row += stride) {
                    sum += (rgb[row - 3] & 0xff) + (rgb[row] & 0xff) + (rgb[row + 3] & 0xff);
                }
                float smooth = (2 * sum + 13) / 26;
                float sharp = smooth + factor * (value - smooth);
                out[i] = reference ? (byte) (int) sharp : truncate(sharp);
            }
        }
        return new RgbImage(width, image.height(), out);
    }

    private static int[] histogram(RgbImage image, int channel) {
        int[] counts = new int[256];
        byte[] rgb = image.rgb();
        for (int i = channel; i < rgb.length; i += 3) {
            counts[rgb[i] & 0xff]++;
        }
        return counts;
    }

    private static RgbImage map(RgbImage image, byte[]... tables) {
        byte[] rgb = image.rgb();
        byte[] out = new byte[rgb.length];
        byte[] red = tables[0];
        byte[] green = tables[tables.length == 1 ? 0 : 1];
        byte[] blue = tables[tables.length == 1 ? 0 : 2];
        for (int i = 0; i < rgb.length; i += 3) {
            out[i] = red[rgb[i] & 0xff];
            out[i + 1] = green[rgb[i + 1] & 0xff];
            out[i + 2] = blue[rgb[i + 2] & 0xff];
        }
        return new RgbImage(image.width(), image.height(), out);
    }

    /** Clipped to 0..255 and cut, not rounded, as NumPy's {@code astype(uint8)}. */
    private static byte truncate(double value) {
        return (byte) Math.max(0, Math.min(255, value));
    }
}
