package io.medley.image;

import org.jspecify.annotations.Nullable;

/**
 * A picture as its file holds it, before conversion to RGB; the modes and the conversions are Pillow's. Most callers want {@link #toRgb()};
 * CLIP's transform resizes first, which differs for palettes and transparency.
 *
 * @param mode what the samples mean
 * @param width in pixels
 * @param height in pixels
 * @param samples (H, W, channels of the mode), unsigned bytes
 * @param palette for {@link Mode#PALETTE} 256 × 3 bytes of RGB, else null
 */
public record DecodedImage(Mode mode, int width, int height, byte[] samples, byte @Nullable [] palette) {

    /** Pillow's modes "1", "L", "LA", "P", "RGB", "RGBA" and "CMYK" (0 = no ink). */
    public enum Mode {
        BINARY(1),
        GRAY(1),
        GRAY_ALPHA(2),
        PALETTE(1),
        RGB(3),
        RGBA(4),
        CMYK(4);

        private final int channels;

        Mode(int channels) {
            this.channels = channels;
        }

        /** Bytes of a pixel. */
        public int channels() {
            return channels;
        }

        private boolean hasAlpha() {
            return this == GRAY_ALPHA || this == RGBA;
        }
    }

    public DecodedImage {
        if (width < 1 || height < 1 || samples.length != (long) width * height * mode.channels()) {
            throw new IllegalArgumentException("DecodedImage: " + width + "x" + height + " " + mode + " needs "
                    + (long) width * height * mode.channels() + " bytes, got " + samples.length);
        }
        if ((mode == Mode.PALETTE) != (palette != null) || (palette != null && palette.length != 768)) {
            throw new IllegalArgumentException("DecodedImage: a palette of 768 bytes goes with mode PALETTE, got mode "
                    + mode + " and " + (palette == null ? "none" : palette.length + " bytes"));
        }
    }

    /** The same pixels as a {@link Mode#RGB} image; shares the array. */
    public static DecodedImage of(RgbImage image) {
        return new DecodedImage(Mode.RGB, image.width(), image.height(), image.rgb(), null);
    }

    /** What PIL's {@code convert("RGB")} gives: alpha dropped, grey replicated, palettes looked up, CMYK by the plain formula. */
    public RgbImage toRgb() {
        if (mode == Mode.RGB) {
            return new RgbImage(width, height, samples);
        }
        int pixels = width * height;
        byte[] rgb = new byte[pixels * 3];
        switch (mode) {
            case BINARY, GRAY, GRAY_ALPHA -> {
                int channels = mode.channels();
                for (int i = 0, from = 0, to = 0; i < pixels; i++, from += channels, to += 3) {
                    rgb[to] = rgb[to + 1] = rgb[to + 2] = samples[from];
                }
            }
            case PALETTE -> {
                byte[] colours = java.util.Objects.requireNonNull(palette);
                for (int i = 0, to = 0; i < pixels; i++, to += 3) {
                    System.arraycopy(colours, (samples[i] & 0xff) * 3, rgb, to, 3);
                }
            }
            case RGBA -> {
                for (int i = 0, from = 0, to = 0; i < pixels; i++, from += 4, to += 3) {
                    rgb[to] = samples[from];
                    rgb[to + 1] = samples[from + 1];
                    rgb[to + 2] = samples[from + 2];
                }
            }
            case CMYK -> {
                for (int i = 0, from = 0, to = 0; i < pixels; i++, from += 4) {
                    int paper = 255 - (samples[from + 3] & 0xff);
                    for (int c = 0; c < 3; c++) {
                        int ink = multiply255(samples[from + c] & 0xff, paper);
                        rgb[to++] = (byte) Math.max(0, paper - ink);
                    }
                }
            }
            case RGB -> throw new IllegalStateException("handled above");
        }
        return new RgbImage(width, height, rgb);
    }

    /**
     * What {@code PIL.Image.resize} does in this mode: palettes and two-tone pictures by nearest neighbour whatever the filter, colours
     * weighted by alpha where there is one.
     */
    public DecodedImage resize(int newWidth, int newHeight, ResizeFilter filter) {
        if (newWidth == width && newHeight == height) {
            return this;
        }
        boolean indexed = mode == Mode.PALETTE || mode == Mode.BINARY;
        if (indexed || filter == ResizeFilter.NEAREST || !mode.hasAlpha()) {
            ResizeFilter used = indexed ? ResizeFilter.NEAREST : filter;
            return with(
                    newWidth,
                    newHeight,
                    Resize.resize(samples, width, height, mode.channels(), newWidth, newHeight, used));
        }
        int channels = mode.channels();
        byte[] weighted = samples.clone();
        for (int i = 0; i < weighted.length; i += channels) {
            int alpha = weighted[i + channels - 1] & 0xff;
            for (int c = 0; c < channels - 1; c++) {
                weighted[i + c] = (byte) multiply255(weighted[i + c] & 0xff, alpha);
            }
        }
        byte[] out = Resize.resize(weighted, width, height, channels, newWidth, newHeight, filter);
        for (int i = 0; i < out.length; i += channels) {
            int alpha = out[i + channels - 1] & 0xff;
            if (alpha != 0 && alpha != 255) {
                for (int c = 0; c < channels - 1; c++) {
                    out[i + c] = (byte) Math.min(255, 255 * (out[i + c] & 0xff) / alpha);
                }
            }
        }
        return with(newWidth, newHeight, out);
    }

    /** The part of {@code w} × {@code h} pixels at (x, y); what reaches outside is filled with 0, as PIL's {@code crop} does. */
    public DecodedImage crop(int x, int y, int w, int h) {
        int channels = mode.channels();
        if (x >= 0 && y >= 0 && x <= width - w && y <= height - h) {
            return with(w, h, Planes.crop(samples, width, channels, x, y, w, h));
        }
        byte[] out = new byte[w * h * channels];
        int left = Math.max(0, x);
        int right = Math.min(width, x + w);
        for (int row = Math.max(0, y); row < Math.min(height, y + h) && left < right; row++) {
            System.arraycopy(
                    samples,
                    (row * width + left) * channels,
                    out,
                    ((row - y) * w + left - x) * channels,
                    (right - left) * channels);
        }
        return with(w, h, out);
    }

    /** Turned upright from the given EXIF orientation, 1 to 8; other values leave it as it is. */
    DecodedImage upright(int orientation) {
        int c = mode.channels();
        int last = width * height - 1;
        int w = width;
        int h = height;
        return switch (orientation) {
            case 2 -> with(w, h, Planes.gather(samples, c, w, h, w - 1, -1, w));
            case 3 -> with(w, h, Planes.gather(samples, c, w, h, last, -1, -w));
            case 4 -> with(w, h, Planes.gather(samples, c, w, h, (h - 1) * w, 1, -w));
            case 5 -> with(h, w, Planes.gather(samples, c, h, w, 0, w, 1));
            case 6 -> with(h, w, Planes.gather(samples, c, h, w, (h - 1) * w, -w, 1));
            case 7 -> with(h, w, Planes.gather(samples, c, h, w, last, -w, -1));
            case 8 -> with(h, w, Planes.gather(samples, c, h, w, w - 1, w, -1));
            default -> this;
        };
    }

    private DecodedImage with(int newWidth, int newHeight, byte[] newSamples) {
        return new DecodedImage(mode, newWidth, newHeight, newSamples, palette);
    }

    /** a × b / 255, rounded, as Pillow's MULDIV255. */
    private static int multiply255(int a, int b) {
        int t = a * b + 128;
        return ((t >> 8) + t) >> 8;
    }
}
