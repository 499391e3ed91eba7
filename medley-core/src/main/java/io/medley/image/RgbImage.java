package io.medley.image;

import java.awt.image.BufferedImage;
import java.util.Arrays;

/** An 8-bit RGB picture: (H, W, 3), row-major, values 0..255 as unsigned bytes, no colour profile. */
public final class RgbImage {
    private final int width;
    private final int height;
    private final byte[] rgb;

    /**
     * Wraps {@code rgb} without copying.
     *
     * @throws IllegalArgumentException if a side is below 1 or the array is not width × height × 3 long
     */
    public RgbImage(int width, int height, byte[] rgb) {
        if (width < 1 || height < 1 || rgb.length != 3L * width * height) {
            throw new IllegalArgumentException("RgbImage: " + width + "x" + height + " needs " + 3L * width * height
                    + " bytes of RGB, got " + rgb.length);
        }
        this.width = width;
        this.height = height;
        this.rgb = rgb;
    }

    public int width() {
        return width;
    }

    public int height() {
        return height;
    }

    /** The pixels themselves, (H, W, 3); not a copy, and by convention not written to once the image is shared. */
    public byte[] rgb() {
        return rgb;
    }

    /** One value, 0..255; channel 0 is red. */
    public int get(int x, int y, int channel) {
        return rgb[(y * width + x) * 3 + channel] & 0xff;
    }

    /**
     * The part of {@code w} × {@code h} pixels whose top left corner is (x, y).
     *
     * @throws IllegalArgumentException if the part is empty or reaches outside
     */
    public RgbImage crop(int x, int y, int w, int h) {
        if (w < 1 || h < 1 || x < 0 || y < 0 || x > width - w || y > height - h) {
            throw new IllegalArgumentException(
                    "crop: " + w + "x" + h + " at (" + x + ", " + y + ") is not inside " + width + "x" + height);
        }
        return new RgbImage(w, h, Planes.crop(rgb, width, 3, x, y, w, h));
    }

    /** Mirrored left to right. */
    public RgbImage flipHorizontally() {
        byte[] out = new byte[rgb.length];
        for (int y = 0; y < height; y++) {
            int row = y * width * 3;
            for (int x = 0, from = row + (width - 1) * 3, to = row; x < width; x++, from -= 3, to += 3) {
                out[to] = rgb[from];
                out[to + 1] = rgb[from + 1];
                out[to + 2] = rgb[from + 2];
            }
        }
        return new RgbImage(width, height, out);
    }

    /** Copies any Java2D picture; colours go through its colour model, alpha is dropped. */
    public static RgbImage of(BufferedImage image) {
        return BufferedImages.decode(image).toRgb();
    }

    /** A copy as {@link BufferedImage#TYPE_INT_RGB}, to draw on with Java2D. */
    public BufferedImage toBufferedImage() {
        BufferedImage image = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        int[] row = new int[width];
        for (int y = 0, i = 0; y < height; y++) {
            for (int x = 0; x < width; x++, i += 3) {
                row[x] = (rgb[i] & 0xff) << 16 | (rgb[i + 1] & 0xff) << 8 | rgb[i + 2] & 0xff;
            }
            image.getRaster().setDataElements(0, y, width, 1, row);
        }
        return image;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RgbImage image
                && image.width == width
                && image.height == height
                && Arrays.equals(image.rgb, rgb);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * width + height) + Arrays.hashCode(rgb);
    }

    @Override
    public String toString() {
        return "RgbImage[" + width + "x" + height + "]";
    }
}
