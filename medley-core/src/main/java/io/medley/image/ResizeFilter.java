package io.medley.image;

/** Pillow's resampling filters, with its supports and, for {@link #BICUBIC}, its a = -0.5. */
public enum ResizeFilter {
    NEAREST(0),
    BOX(0.5),
    BILINEAR(1),
    BICUBIC(2),
    LANCZOS(3);

    private final double support;

    ResizeFilter(double support) {
        this.support = support;
    }

    /** Half of the filter's width when enlarging, in source pixels; shrinking widens it by the scale. */
    double support() {
        return support;
    }

    double weight(double x) {
        return switch (this) {
            case NEAREST -> throw new IllegalStateException("nearest neighbour has no weights");
            case BOX -> x > -0.5 && x <= 0.5 ? 1 : 0;
            case BILINEAR -> Math.max(0, 1 - Math.abs(x));
            case BICUBIC -> bicubic(Math.abs(x));
            case LANCZOS -> x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0;
        };
    }

    private static double bicubic(double x) {
        double a = -0.5;
        if (x < 1) {
            return ((a + 2) * x - (a + 3)) * x * x + 1;
        }
        return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
    }

    private static double sinc(double x) {
        return x == 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI);
    }
}
