package io.medley.capfilt;

/** Where a text comes from. */
public enum TextSource {
    /** It came with the picture. */
    WEB,
    /** The captioner wrote it. */
    SYNTHETIC;

    /** The name used in files. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
