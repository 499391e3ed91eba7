package io.medley.image;

/**
 * Resizes the short side to {@code shortSide}, keeping the aspect ratio, cuts (height, width) from the middle, then normalises: CLIP's
 * {@code _transform}.
 *
 * @param shortSide of the resized picture
 * @param height of the result; black is added where the resized picture is smaller
 * @param width of the result
 * @param filter CLIP: bicubic
 * @param normalization CLIP: {@link Normalization#CLIP}
 * @param rounding where an odd margin is cut
 */
public record CenterCropTransform(
        int shortSide, int height, int width, ResizeFilter filter, Normalization normalization, Rounding rounding)
        implements ImageTransform {

    /** An odd margin has no middle. */
    public enum Rounding {
        /** torchvision's CenterCrop: to the even number. */
        TORCHVISION,
        /** Hugging Face's {@code center_crop}: down. */
        HUGGING_FACE
    }

    public CenterCropTransform {
        ImageTransforms.checkSide("shortest_edge", shortSide);
        ImageTransforms.checkSide("height", height);
        ImageTransforms.checkSide("width", width);
    }

    @Override
    public float[] apply(RgbImage image) {
        return apply(DecodedImage.of(image));
    }

    /** Resizes in the picture's own mode, then converts to RGB: alpha weights colours, palettes go by nearest neighbour. */
    @Override
    public float[] apply(DecodedImage image) {
        int w = image.width();
        int h = image.height();
        // The long side may be enormous for a thin picture: only what the crop can see of it is worth memory, but
        // equality comes first.
        long longSide = (long) shortSide * Math.max(w, h) / Math.min(w, h);
        if (longSide * shortSide > ImageTransforms.MAX_PIXELS) {
            throw new io.medley.tensor.MedleyException("a picture of " + w + "x" + h
                    + " is too thin to be resized to a short side of " + shortSide + "; crop it");
        }
        int newWidth = w <= h ? shortSide : (int) longSide;
        int newHeight = w <= h ? (int) longSide : shortSide;
        DecodedImage resized = image.resize(newWidth, newHeight, filter);
        return normalization.apply(resized.crop(margin(newWidth - width), margin(newHeight - height), width, height)
                .toRgb());
    }

    private int margin(int rest) {
        return rounding == Rounding.TORCHVISION && rest > 0 ? (int) Math.rint(rest / 2.0) : Math.floorDiv(rest, 2);
    }
}
