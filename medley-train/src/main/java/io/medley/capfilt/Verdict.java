package io.medley.capfilt;

/** What a policy decides about a text, and why. */
public enum Verdict {
    KEPT,
    /** The filter's probability is below the threshold. */
    BELOW_THRESHOLD,
    /** Other texts of the picture rank higher. */
    OUTRANKED,
    /** An earlier text of the picture says the same in the filter's eyes, which sees lower case without punctuation. */
    DUPLICATE,
    /** There is nothing in it. */
    EMPTY;

    /** The name used in files. */
    public String word() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
