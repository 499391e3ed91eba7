package io.medley.image;

/** The operations of BLIP's {@code transform/randaugment.py}. */
public enum AugmentOp {
    IDENTITY,
    AUTO_CONTRAST,
    EQUALIZE,
    ROTATE,
    SOLARIZE,
    COLOR,
    CONTRAST,
    BRIGHTNESS,
    SHARPNESS,
    SHEAR_X,
    SHEAR_Y,
    TRANSLATE_X,
    TRANSLATE_Y,
    POSTERIZE;

    private static final double MAX_LEVEL = 10;
    private static final double TRANSLATE = 10;
    /** Grey, for what a warp brings in from outside. */
    private static final int FILL = 128;

    /** Whether its argument takes a random sign. */
    boolean signed() {
        return switch (this) {
            case ROTATE, SHEAR_X, SHEAR_Y, TRANSLATE_X, TRANSLATE_Y -> true;
            default -> false;
        };
    }

    /** The argument at a level of 0 to 10: degrees, pixels, threshold, bits or factor; 0 where there is none. */
    public double argument(double level) {
        double share = level / MAX_LEVEL;
        return switch (this) {
            case IDENTITY, AUTO_CONTRAST, EQUALIZE -> 0;
            case ROTATE -> share * 30;
            case SOLARIZE -> (int) (share * 256);
            case COLOR, CONTRAST, BRIGHTNESS, SHARPNESS -> share * 1.8 + 0.1;
            case SHEAR_X, SHEAR_Y -> share * 0.3;
            case TRANSLATE_X, TRANSLATE_Y -> share * TRANSLATE;
            case POSTERIZE -> (int) (share * 4);
        };
    }

    /**
     * Applies it.
     *
     * @param argument see {@link #argument}, of either sign for the warps
     * @param reference whether to repeat upstream's mistakes: in AutoContrast a channel without black turns white (an unsigned byte is
     *     negated), in Sharpness values beyond 0 to 255 wrap around
     */
    public RgbImage apply(RgbImage image, double argument, boolean reference) {
        return switch (this) {
            case IDENTITY -> image;
            case AUTO_CONTRAST -> Tones.autoContrast(image, reference);
            case EQUALIZE -> Tones.equalize(image);
            case ROTATE -> rotate(image, argument);
            case SOLARIZE -> Tones.solarize(image, argument);
            case COLOR -> Tones.color(image, (float) argument);
            case CONTRAST -> Tones.contrast(image, argument);
            case BRIGHTNESS -> Tones.brightness(image, (float) argument);
            case SHARPNESS -> Tones.sharpness(image, (float) argument, reference);
            case SHEAR_X -> AffineWarp.apply(image, 1, (float) argument, 0, 0, 1, 0, FILL);
            case SHEAR_Y -> AffineWarp.apply(image, 1, 0, 0, (float) argument, 1, 0, FILL);
            case TRANSLATE_X -> AffineWarp.apply(image, 1, 0, (float) -argument, 0, 1, 0, FILL);
            case TRANSLATE_Y -> AffineWarp.apply(image, 1, 0, 0, 0, 1, (float) -argument, FILL);
            case POSTERIZE -> Tones.posterize(image, (int) argument);
        };
    }

    /** About the centre, counter-clockwise, as {@code cv2.getRotationMatrix2D}. */
    private static RgbImage rotate(RgbImage image, double degrees) {
        double cos = Math.cos(Math.toRadians(degrees));
        double sin = Math.sin(Math.toRadians(degrees));
        double x = image.width() / 2.0;
        double y = image.height() / 2.0;
        return AffineWarp.apply(image, cos, sin, (1 - cos) * x - sin * y, -sin, cos, sin * x + (1 - cos) * y, FILL);
    }
}
