package io.medley.scenes;

import java.util.Locale;

/** What is wrong with an alt-text of the web split, and how often: the ratios sum to one, six in ten texts are bad. */
public enum WebNoise {
    /** A good caption. */
    CLEAN(0.40),
    /** A good caption of another picture. */
    UNRELATED(0.25),
    /** True but poor: a noun or two, colours and other things left out. */
    PARTIAL(0.15),
    /** Web page furniture. */
    BOILERPLATE(0.12),
    /** What the camera or a shop called the file. */
    FILE_NAME(0.08);

    private final double ratio;

    WebNoise(double ratio) {
        this.ratio = ratio;
    }

    /** Share of the web split's texts. */
    public double ratio() {
        return ratio;
    }

    /** The name used in files, such as {@code file_name}. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }
}
