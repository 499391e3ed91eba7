package io.medley.image;

/**
 * Resizes to exactly (height, width), aspect ratio not kept, then normalises: BLIP's and ALBEF's {@code transform_test}.
 *
 * @param height of the result
 * @param width of the result
 * @param filter BLIP: bicubic
 * @param normalization BLIP: {@link Normalization#CLIP}
 */
public record ResizeTransform(int height, int width, ResizeFilter filter, Normalization normalization)
        implements ImageTransform {
    public ResizeTransform {
        ImageTransforms.checkSide("height", height);
        ImageTransforms.checkSide("width", width);
    }

    @Override
    public float[] apply(RgbImage image) {
        if (filter == ResizeFilter.NEAREST || (image.width() == width && image.height() == height)) {
            return normalization.apply(Resize.resize(image, width, height, filter));
        }
        float[] out = new float[3 * height * width];
        Resize.resize(
                image.rgb(),
                image.width(),
                image.height(),
                3,
                width,
                height,
                filter,
                normalization.sink(out, height, width));
        return out;
    }
}
