package io.medley.image;

/** Copies of interleaved 8-bit pixels, (H, W, channels). */
final class Planes {
    private Planes() {}

    static byte[] crop(byte[] pixels, int width, int channels, int x, int y, int w, int h) {
        byte[] out = new byte[w * h * channels];
        for (int row = 0; row < h; row++) {
            System.arraycopy(pixels, ((y + row) * width + x) * channels, out, row * w * channels, w * channels);
        }
        return out;
    }

    /** Pixel (x, y) of the result is the pixel of the source at {@code origin + x * stepX + y * stepY}, counted in pixels. */
    static byte[] gather(byte[] pixels, int channels, int w, int h, int origin, int stepX, int stepY) {
        byte[] out = new byte[w * h * channels];
        int to = 0;
        for (int y = 0; y < h; y++) {
            int from = (origin + y * stepY) * channels;
            for (int x = 0; x < w; x++, from += stepX * channels) {
                for (int c = 0; c < channels; c++) {
                    out[to++] = pixels[from + c];
                }
            }
        }
        return out;
    }
}
