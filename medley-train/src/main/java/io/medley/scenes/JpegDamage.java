package io.medley.scenes;

/**
 * What saving as JPEG does to a picture, without the file: YCbCr, 8 × 8 DCT, quantisation by the tables of ITU-T T.81
 * annex K scaled as libjpeg's quality does, and back (no chroma subsampling). Written out so that it is the same on
 * every JDK, and quick.
 */
final class JpegDamage {
    private static final int[] LUMA = {
        16, 11, 10, 16, 24, 40, 51, 61, 12, 12, 14, 19, 26, 58, 60, 55, 14, 13, 16, 24, 40, 57, 69, 56, 14, 17, 22, 29,
        51, 87, 80, 62, 18, 22, 37, 56, 68, 109, 103, 77, 24, 35, 55, 64, 81, 104, 113, 92, 49, 64, 78, 87, 103, 121,
        120, 101, 72, 92, 95, 98, 112, 100, 103, 99
    };
    private static final int[] CHROMA = {
        17, 18, 24, 47, 99, 99, 99, 99, 18, 21, 26, 66, 99, 99, 99, 99, 24, 26, 56, 99, 99, 99, 99, 99, 47, 66, 99, 99,
                99, 99,
        99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99, 99,
                99, 99,
        99, 99, 99, 99
    };
    private static final float[] COSINES = cosines();

    private JpegDamage() {}

    /** Degrades 0xRRGGBB pixels in place; quality 1 … 100. */
    static void apply(int[] pixels, int width, int height, int quality) {
        int percent = quality < 50 ? 5000 / quality : 200 - 2 * quality;
        float[][] blocks = new float[3][64];
        float[] work = new float[64];
        for (int top = 0; top < height; top += 8) {
            for (int left = 0; left < width; left += 8) {
                load(pixels, width, height, left, top, blocks);
                for (int c = 0; c < 3; c++) {
                    quantise(blocks[c], work, c == 0 ? LUMA : CHROMA, percent);
                }
                store(pixels, width, height, left, top, blocks);
            }
        }
    }

    private static float[] cosines() {
        float[] table = new float[64];
        for (int u = 0; u < 8; u++) {
            for (int x = 0; x < 8; x++) {
                double norm = u == 0 ? Math.sqrt(0.125) : 0.5;
                table[u * 8 + x] = (float) (norm * StrictMath.cos((2 * x + 1) * u * Math.PI / 16));
            }
        }
        return table;
    }

    private static void load(int[] pixels, int width, int height, int left, int top, float[][] blocks) {
        for (int y = 0, i = 0; y < 8; y++) {
            for (int x = 0; x < 8; x++, i++) {
                int p = pixels[Math.min(top + y, height - 1) * width + Math.min(left + x, width - 1)];
                float r = SceneColors.red(p);
                float g = SceneColors.green(p);
                float b = SceneColors.blue(p);
                blocks[0][i] = 0.299f * r + 0.587f * g + 0.114f * b - 128;
                blocks[1][i] = -0.168736f * r - 0.331264f * g + 0.5f * b;
                blocks[2][i] = 0.5f * r - 0.418688f * g - 0.081312f * b;
            }
        }
    }

    private static void store(int[] pixels, int width, int height, int left, int top, float[][] blocks) {
        for (int y = 0; y < 8 && top + y < height; y++) {
            for (int x = 0; x < 8 && left + x < width; x++) {
                int i = y * 8 + x;
                float luma = blocks[0][i] + 128;
                float cb = blocks[1][i];
                float cr = blocks[2][i];
                pixels[(top + y) * width + left + x] =
                        SceneColors.rgb(luma + 1.402f * cr, luma - 0.344136f * cb - 0.714136f * cr, luma + 1.772f * cb);
            }
        }
    }

    private static void quantise(float[] block, float[] work, int[] table, int percent) {
        // Forward: rows, then columns; the transposition in each step makes both the same loop.
        transform(block, work, false);
        transform(work, block, false);
        for (int i = 0; i < 64; i++) {
            int step = Math.max(1, Math.min(255, (table[i] * percent + 50) / 100));
            block[i] = Math.round(block[i] / step) * step;
        }
        transform(block, work, true);
        transform(work, block, true);
    }

    /** One 8-point DCT (or its inverse) of every row of {@code in}, written as columns of {@code out}. */
    private static void transform(float[] in, float[] out, boolean inverse) {
        for (int row = 0; row < 8; row++) {
            for (int k = 0; k < 8; k++) {
                float sum = 0;
                for (int j = 0; j < 8; j++) {
                    sum += in[row * 8 + j] * (inverse ? COSINES[j * 8 + k] : COSINES[k * 8 + j]);
                }
                out[k * 8 + row] = sum;
            }
        }
    }
}
