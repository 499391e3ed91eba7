package io.medley.checkpoint;

/** Names found in files, made fit for a one-line message: control characters escaped, long ones cut. */
public final class Quote {
    private static final int LONGEST = 160;

    private Quote() {}

    /** The text between apostrophes, on one line. */
    public static String of(String text) {
        StringBuilder out = new StringBuilder("'");
        for (int i = 0; i < text.length() && i < LONGEST; i++) {
            char c = text.charAt(i);
            if (c < 0x20 || (c >= 0x7f && c < 0xa0) || c == 0x2028 || c == 0x2029 || Character.isSurrogate(c)) {
                out.append(String.format("\\u%04x", (int) c));
            } else {
                out.append(c);
            }
        }
        return out.append(text.length() > LONGEST ? "…'" : "'").toString();
    }
}
