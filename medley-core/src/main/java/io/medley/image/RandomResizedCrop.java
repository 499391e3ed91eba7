package io.medley.image;

import io.medley.tensor.MedleyException;
import java.util.random.RandomGenerator;

/**
 * torchvision's RandomResizedCrop: a box of random area and aspect ratio, resized.
 *
 * @param height of the result
 * @param width of the result
 * @param minScale least share of the picture's area
 * @param maxScale largest share
 * @param minRatio least width / height of the box
 * @param maxRatio largest
 * @param filter bicubic in BLIP
 */
public record RandomResizedCrop(
        int height,
        int width,
        double minScale,
        double maxScale,
        double minRatio,
        double maxRatio,
        ResizeFilter filter) {
    private static final int TRIES = 10;

    /** Part of a picture, in pixels. */
    public record Box(int top, int left, int height, int width) {}

    public RandomResizedCrop {
        ImageTransforms.checkSide("height", height);
        ImageTransforms.checkSide("width", width);
        if (!(minScale > 0 && minScale <= maxScale && maxScale <= 1)) {
            throw new MedleyException(
                    "random resized crop: scale must lie in 0 to 1, got " + minScale + " to " + maxScale);
        }
        if (!(minRatio > 0 && minRatio <= maxRatio) || Double.isInfinite(maxRatio)) {
            throw new MedleyException(
                    "random resized crop: ratio must be positive, got " + minRatio + " to " + maxRatio);
        }
    }

    /** Square, bicubic, area from {@code minScale} to 1, ratio 3/4 to 4/3. */
    public static RandomResizedCrop of(int size, double minScale) {
        return new RandomResizedCrop(size, size, minScale, 1, 3.0 / 4, 4.0 / 3, ResizeFilter.BICUBIC);
    }

    /** Draws a box as torchvision's {@code get_params}: ten tries, then the largest central one of an allowed ratio. */
    public Box draw(int imageHeight, int imageWidth, RandomGenerator random) {
        double area = (double) imageHeight * imageWidth;
        double logMin = Math.log(minRatio);
        double logMax = Math.log(maxRatio);
        for (int i = 0; i < TRIES; i++) {
            double target = area * (minScale + (maxScale - minScale) * random.nextDouble());
            double ratio = Math.exp(logMin + (logMax - logMin) * random.nextDouble());
            int w = (int) Math.rint(Math.sqrt(target * ratio));
            int h = (int) Math.rint(Math.sqrt(target / ratio));
            if (w > 0 && w <= imageWidth && h > 0 && h <= imageHeight) {
                int top = random.nextInt(imageHeight - h + 1);
                return new Box(top, random.nextInt(imageWidth - w + 1), h, w);
            }
        }
        double ratio = (double) imageWidth / imageHeight;
        int w = imageWidth;
        int h = imageHeight;
        if (ratio < minRatio) {
            h = Math.max(1, (int) Math.rint(w / minRatio));
        } else if (ratio > maxRatio) {
            w = Math.max(1, (int) Math.rint(h * maxRatio));
        }
        return new Box((imageHeight - h) / 2, (imageWidth - w) / 2, h, w);
    }

    /** Draws, cuts and resizes. */
    public RgbImage apply(RgbImage image, RandomGenerator random) {
        return apply(image, draw(image.height(), image.width(), random));
    }

    /** Cuts and resizes a given box. */
    public RgbImage apply(RgbImage image, Box box) {
        return Resize.resize(image.crop(box.left, box.top, box.width, box.height), width, height, filter);
    }
}
