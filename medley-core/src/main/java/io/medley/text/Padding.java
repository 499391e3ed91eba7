package io.medley.text;

/**
 * How the rows of a batch get one length.
 *
 * @param maxLength longer rows are cut to this many ids, special tokens counted
 * @param always whether rows are padded to {@code maxLength} (else only to the longest row of the batch)
 */
public record Padding(int maxLength, boolean always) {
    public Padding {
        if (maxLength < 1) {
            throw new IllegalArgumentException("padding length " + maxLength + " holds no token; give 1 or more");
        }
    }

    /** Pad to the longest row, cut nothing. */
    public static Padding longest() {
        return new Padding(Integer.MAX_VALUE, false);
    }

    /** Cut to {@code maxLength}, pad to the longest row ({@code padding="longest", truncation=True}). */
    public static Padding longest(int maxLength) {
        return new Padding(maxLength, false);
    }

    /** Cut and pad to exactly {@code length} ({@code padding="max_length", truncation=True}). */
    public static Padding to(int length) {
        return new Padding(length, true);
    }
}
