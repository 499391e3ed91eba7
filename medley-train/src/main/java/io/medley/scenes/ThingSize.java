package io.medley.scenes;

import java.util.Locale;

/** Three sizes: the longer side of a thing as a fraction of the picture's side; the ranges leave gaps between them. */
public enum ThingSize {
    SMALL(0.255, 0.29),
    MEDIUM(0.355, 0.405),
    LARGE(0.50, 0.58);

    private final double least;
    private final double most;

    ThingSize(double least, double most) {
        this.least = least;
        this.most = most;
    }

    /** Smallest longer side of this size, as a fraction of the picture. */
    public double least() {
        return least;
    }

    /** Largest longer side of this size, as a fraction of the picture. */
    public double most() {
        return most;
    }

    /** The word captions use, such as {@code large}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
