package io.medley.scenes;

/** Arithmetic on 0xRRGGBB. */
final class SceneColors {
    private SceneColors() {}

    static int red(int rgb) {
        return (rgb >> 16) & 255;
    }

    static int green(int rgb) {
        return (rgb >> 8) & 255;
    }

    static int blue(int rgb) {
        return rgb & 255;
    }

    static int rgb(double r, double g, double b) {
        return clamp(r) << 16 | clamp(g) << 8 | clamp(b);
    }

    static int scale(int rgb, double gain) {
        return rgb(red(rgb) * gain, green(rgb) * gain, blue(rgb) * gain);
    }

    /** {@code a} for t = 0, {@code b} for t = 1. */
    static int mix(int a, int b, double t) {
        return rgb(
                red(a) + (red(b) - red(a)) * t,
                green(a) + (green(b) - green(a)) * t,
                blue(a) + (blue(b) - blue(a)) * t);
    }

    static int clamp(double level) {
        return level <= 0 ? 0 : level >= 255 ? 255 : (int) (level + 0.5);
    }
}
