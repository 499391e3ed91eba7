package io.medley.image;

import io.medley.tensor.MedleyException;
import java.util.Arrays;

/**
 * From bytes to model input: {@code (byte * scale - mean) / std} per channel in float32, laid out (3, H, W). With the scale 1/255 this is
 * torchvision's ToTensor and Normalize, to the bit.
 */
public final class Normalization {
    /** Mean and deviation of OpenAI CLIP's data; BLIP, ALBEF's successors and CLIP use them. */
    public static final Normalization CLIP =
            of(new double[] {0.48145466, 0.4578275, 0.40821073}, new double[] {0.26862954, 0.26130258, 0.27577711});
    /** Mean and deviation of ImageNet. */
    public static final Normalization IMAGENET =
            of(new double[] {0.485, 0.456, 0.406}, new double[] {0.229, 0.224, 0.225});
    /** 0..255 to -1..1. */
    public static final Normalization HALF = of(new double[] {0.5, 0.5, 0.5}, new double[] {0.5, 0.5, 0.5});
    /** 0..255 to 0..1. */
    public static final Normalization UNIT = of(new double[] {0, 0, 0}, new double[] {1, 1, 1});

    private final double[] mean;
    private final double[] std;
    private final float[] red;
    private final float[] green;
    private final float[] blue;

    private Normalization(double[] mean, double[] std, float[][] tables) {
        this.mean = mean;
        this.std = std;
        this.red = tables[0];
        this.green = tables[1];
        this.blue = tables[2];
    }

    /** With the scale 1/255. */
    public static Normalization of(double[] mean, double[] std) {
        check(mean, std);
        float[][] tables = new float[3][256];
        for (int c = 0; c < 3; c++) {
            for (int v = 0; v < 256; v++) {
                tables[c][v] = (v / 255f - (float) mean[c]) / (float) std[c];
            }
        }
        return new Normalization(mean.clone(), std.clone(), tables);
    }

    /** With another scale, as Hugging Face's {@code rescale_factor}. */
    public static Normalization of(double[] mean, double[] std, double scale) {
        check(mean, std);
        if (!(scale > 0) || Double.isInfinite(scale)) {
            throw new MedleyException("rescale_factor: expected a positive number, got " + scale);
        }
        float[][] tables = new float[3][256];
        for (int c = 0; c < 3; c++) {
            for (int v = 0; v < 256; v++) {
                tables[c][v] = ((float) (v * scale) - (float) mean[c]) / (float) std[c];
            }
        }
        return new Normalization(mean.clone(), std.clone(), tables);
    }

    private static void check(double[] mean, double[] std) {
        if (mean.length != 3 || std.length != 3) {
            throw new MedleyException("image_mean and image_std: expected three numbers each, got "
                    + Arrays.toString(mean) + " and " + Arrays.toString(std));
        }
        for (int c = 0; c < 3; c++) {
            if (!Double.isFinite(mean[c]) || !(std[c] > 0) || Double.isInfinite(std[c])) {
                throw new MedleyException("image_mean must be finite and image_std above 0, got "
                        + Arrays.toString(mean) + " and " + Arrays.toString(std));
            }
        }
    }

    /** Three values, in units of 0..1 when the scale is 1/255. */
    public double[] mean() {
        return mean.clone();
    }

    /** Three values. */
    public double[] std() {
        return std.clone();
    }

    /** (3, H, W), normalised. */
    public float[] apply(RgbImage image) {
        byte[] rgb = image.rgb();
        int plane = image.width() * image.height();
        float[] out = new float[3 * plane];
        for (int i = 0, from = 0; i < plane; i++, from += 3) {
            out[i] = red[rgb[from] & 0xff];
            out[plane + i] = green[rgb[from + 1] & 0xff];
            out[2 * plane + i] = blue[rgb[from + 2] & 0xff];
        }
        return out;
    }

    /** Rows on their way out of a resize, normalised into (3, H, W) without a picture in between. */
    RowSink sink(float[] out, int height, int width) {
        int plane = height * width;
        return (y, planar) -> {
            map(red, planar, 0, width, out, y * width);
            map(green, planar, width, width, out, plane + y * width);
            map(blue, planar, 2 * width, width, out, 2 * plane + y * width);
        };
    }

    private static void map(float[] table, int[] in, int from, int length, float[] out, int to) {
        for (int i = 0; i < length; i++) {
            out[to + i] = table[in[from + i]];
        }
    }
}
