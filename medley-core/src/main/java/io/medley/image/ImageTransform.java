package io.medley.image;

/** A fixed way from a picture of any size to the input of a model: (3, height, width) float32, normalised. Thread-safe. */
public interface ImageTransform {
    /** Height of the result. */
    int height();

    /** Width of the result. */
    int width();

    /** (3, height, width), channel after channel, row after row. */
    float[] apply(RgbImage image);

    /** As {@link #apply(RgbImage)} for a picture as its file holds it; the same, unless the transform resizes before it converts. */
    default float[] apply(DecodedImage image) {
        return apply(image.toRgb());
    }
}
