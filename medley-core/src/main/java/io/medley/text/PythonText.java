package io.medley.text;

/** String methods that behave as Python 3.11's do, on every JDK. */
final class PythonText {
    private static final int CAPITAL_SIGMA = 0x3a3;

    private PythonText() {}

    /** {@code text.lower()}, the final sigma included. */
    static String lower(String text) {
        int i = 0;
        while (i < text.length() && text.charAt(i) < 0x80 && (text.charAt(i) < 'A' || text.charAt(i) > 'Z')) {
            i++;
        }
        if (i == text.length()) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length()).append(text, 0, i);
        while (i < text.length()) {
            int c = text.codePointAt(i);
            if (c == CAPITAL_SIGMA) {
                out.append(isFinalSigma(text, i) ? 'ς' : 'σ');
            } else {
                out.appendCodePoint(Unicode14.lower(c));
                if (c == 0x130) {
                    out.append('\u0307');
                }
            }
            i += Character.charCount(c);
        }
        return out.toString();
    }

    /** {@code text.strip()}. */
    static String strip(String text) {
        int start = 0;
        int end = text.length();
        while (start < end && Unicode14.isSpace(text.charAt(start))) {
            start++;
        }
        while (end > start && Unicode14.isSpace(text.charAt(end - 1))) {
            end--;
        }
        return text.substring(start, end);
    }

    /** {@code text.rstrip(char)} for one character. */
    static String stripRight(String text, char stripped) {
        int end = text.length();
        while (end > 0 && text.charAt(end - 1) == stripped) {
            end--;
        }
        return text.substring(0, end);
    }

    /** Final_Sigma of the Unicode Standard, table 3-17: a cased letter before it and none after, case-ignorable characters passed over. */
    static boolean isFinalSigma(String text, int at) {
        int before = at;
        int c = 0;
        while (before > 0) {
            c = text.codePointBefore(before);
            if (!Unicode14.isCaseIgnorable(c)) {
                break;
            }
            before -= Character.charCount(c);
        }
        if (before == 0 || !Unicode14.isCased(c)) {
            return false;
        }
        for (int after = at + 1; after < text.length(); after += Character.charCount(c)) {
            c = text.codePointAt(after);
            if (!Unicode14.isCaseIgnorable(c)) {
                return !Unicode14.isCased(c);
            }
        }
        return true;
    }
}
