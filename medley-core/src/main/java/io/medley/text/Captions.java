package io.medley.text;

/**
 * The text cleaning BLIP was trained with ({@code pre_caption} and {@code pre_question} of salesforce/BLIP {@code data/utils.py}; the same in the LAVIS
 * processors). A model fed uncleaned captions scores them differently, so matching, training and filtering all go through here.
 */
public final class Captions {
    /** The word limit of both functions upstream when none is given. */
    public static final int DEFAULT_MAX_WORDS = 50;

    private Captions() {}

    /**
     * Lower case; {@code . ! " ( ) * # : ; ~} become spaces; runs of two or more white-space characters become one space; line ends and spaces are
     * trimmed; at most {@code maxWords} words.
     *
     * @throws IllegalArgumentException if {@code maxWords} is negative
     */
    public static String preCaption(String caption, int maxWords) {
        StringBuilder out = new StringBuilder(caption.length());
        String lower = PythonText.lower(caption);
        int spaces = 0;
        for (int i = 0; i <= lower.length(); i++) {
            char c = i == lower.length() ? 0 : isDropped(lower.charAt(i)) ? ' ' : lower.charAt(i);
            if (i < lower.length() && Unicode14.isSpace(c)) {
                spaces++;
                out.append(c);
                continue;
            }
            if (spaces > 1) { // a single tab or line end stays what it is, as upstream
                out.setLength(out.length() - spaces);
                out.append(' ');
            }
            spaces = 0;
            if (i < lower.length()) {
                out.append(c);
            }
        }
        String text = PythonText.stripRight(PythonText.stripRight(out.toString(), '\n'), ' ');
        int start = 0;
        while (start < text.length() && text.charAt(start) == ' ') {
            start++;
        }
        return firstWords(text.substring(start), maxWords);
    }

    /** {@link #preCaption(String, int)} with the usual limit of 50 words. */
    public static String preCaption(String caption) {
        return preCaption(caption, DEFAULT_MAX_WORDS);
    }

    /**
     * Lower case; {@code . ! " ( ) * # : ; ~} are deleted; spaces at the end are trimmed; at most {@code maxWords} words. Spaces inside stay, and two in a
     * row count as an empty word, as upstream.
     *
     * @throws IllegalArgumentException if {@code maxWords} is negative
     */
    public static String preQuestion(String question, int maxWords) {
        String lower = PythonText.lower(question);
        StringBuilder out = new StringBuilder(lower.length());
        for (int i = 0; i < lower.length(); i++) {
            if (!isDropped(lower.charAt(i))) {
                out.append(lower.charAt(i));
            }
        }
        return firstWords(PythonText.stripRight(out.toString(), ' '), maxWords);
    }

    /** {@link #preQuestion(String, int)} with the usual limit of 50 words. */
    public static String preQuestion(String question) {
        return preQuestion(question, DEFAULT_MAX_WORDS);
    }

    private static boolean isDropped(char c) {
        return ".!\"()*#:;~".indexOf(c) >= 0;
    }

    private static String firstWords(String text, int maxWords) {
        if (maxWords < 0) {
            throw new IllegalArgumentException("maxWords is " + maxWords + "; give 0 or more");
        }
        int end = -1;
        for (int words = 0; words < maxWords; words++) {
            end = text.indexOf(' ', end + 1);
            if (end < 0) {
                return text;
            }
        }
        return maxWords == 0 ? "" : text.substring(0, end);
    }
}
