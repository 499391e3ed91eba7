package io.medley.text;

import java.util.Arrays;
import java.util.List;

/**
 * BERT's {@code BasicTokenizer} (transformers 4.15) in one pass and without strings: drops control characters, splits at white space, around CJK ideographs
 * and punctuation, and (uncased models) lower-cases and strips accents. One scanner per thread.
 */
final class WordScanner {
    /** Takes what the scanner finds; answers false to stop. */
    interface Sink {
        /** @param codePoints length of the word in Python's characters */
        boolean word(char[] word, int length, int codePoints);

        /** @param index which of the special tokens given to {@link #scan} */
        boolean special(int index);
    }

    private static final byte KEEP = 0;
    private static final byte DROP = 1;
    private static final byte BOUNDARY = 2;
    private static final byte ALONE = 3;
    private static final byte[] ASCII = new byte[128];

    static {
        for (int c = 0; c < 128; c++) {
            boolean letterOrDigit = (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z');
            boolean space = c == ' ' || c == '\t' || c == '\n' || c == '\r';
            ASCII[c] = letterOrDigit ? KEEP : space ? BOUNDARY : c < 32 || c == 127 ? DROP : ALONE;
        }
    }

    private final boolean lowerCase;
    private final Sink sink;
    private char[] word = new char[64];
    private int length;
    private int codePoints;
    private int marks; // where the current run of reorderable marks begins in the word
    private boolean more = true;

    WordScanner(boolean lowerCase, Sink sink) {
        this.lowerCase = lowerCase;
        this.sink = sink;
    }

    /**
     * @param specials tokens kept whole; those from {@code always} on wherever they stand, the others only between white space (or CJK ideographs, the ends
     *     and tokens kept whole), as the original's {@code never_split}
     */
    void scan(String text, List<String> specials, int always) {
        boolean fresh = true; // nothing kept since the last boundary
        int i = 0;
        while (i < text.length() && more) {
            char c = text.charAt(i);
            if (c == '[') {
                int special = specialAt(text, i, specials, fresh ? 0 : always, always);
                if (special >= 0) {
                    flush();
                    more = more && sink.special(special);
                    i += specials.get(special).length();
                    fresh = true;
                    continue;
                }
            }
            if (c < 128) {
                byte kind = ASCII[c];
                if (kind == KEEP) {
                    append(lowerCase && c >= 'A' && c <= 'Z' ? (char) (c + 32) : c);
                    fresh = false;
                } else if (kind == BOUNDARY) {
                    flush();
                    fresh = true;
                } else if (kind == ALONE) {
                    alone(c);
                    fresh = false;
                }
                i++;
                continue;
            }
            int codePoint = text.codePointAt(i);
            i += Character.charCount(codePoint);
            byte kind = kindOf(codePoint);
            if (kind == DROP) {
                continue;
            }
            boolean ideograph = kind == ALONE;
            if (ideograph || kind == BOUNDARY) {
                flush();
            }
            if (kind != BOUNDARY) {
                keep(codePoint);
            }
            if (ideograph) {
                flush();
            }
            fresh = ideograph || kind == BOUNDARY;
        }
        flush();
    }

    /** Whether the clean-up step removes it: control and format characters, what Unicode 14.0 has not assigned, U+FFFD. */
    static boolean isDropped(int codePoint) {
        return (codePoint < 128 ? ASCII[codePoint] : kindOf(codePoint)) == DROP;
    }

    /** What the clean-up step does with a character beyond ASCII; ALONE means a CJK ideograph here. */
    private static byte kindOf(int codePoint) {
        byte kind = Unicode14.kind(codePoint);
        if (kind == Unicode14.CONTROL || codePoint == 0xfffd) {
            return DROP;
        }
        return kind == Unicode14.SPACE || kind == Unicode14.BREAK ? BOUNDARY : isIdeograph(codePoint) ? ALONE : KEEP;
    }

    /** The blocks BERT spaces out; kana and hangul are not among them. */
    private static boolean isIdeograph(int c) {
        return (c >= 0x4E00 && c <= 0x9FFF)
                || (c >= 0x3400 && c <= 0x4DBF)
                || (c >= 0x20000 && c <= 0x2A6DF)
                || (c >= 0x2A700 && c <= 0x2B73F)
                || (c >= 0x2B740 && c <= 0x2B81F)
                || (c >= 0x2B820 && c <= 0x2CEAF)
                || (c >= 0xF900 && c <= 0xFAFF)
                || (c >= 0x2F800 && c <= 0x2FA1F);
    }

    private static int specialAt(String text, int at, List<String> specials, int from, int always) {
        for (int s = from; s < specials.size(); s++) {
            String special = specials.get(s);
            if (text.startsWith(special, at)
                    && (s >= always || endsToken(text, at + special.length(), specials, always))) {
                return s;
            }
        }
        return -1;
    }

    private static boolean endsToken(String text, int at, List<String> specials, int always) {
        int i = at;
        while (i < text.length()) {
            int c = text.codePointAt(i);
            byte kind = c < 128 ? ASCII[c] : kindOf(c);
            if (kind != DROP) {
                return kind == BOUNDARY
                        || (kind == ALONE && c >= 128)
                        || (c == '[' && specialAt(text, i, specials, always, always) >= 0);
            }
            i += Character.charCount(c);
        }
        return true;
    }

    private void keep(int codePoint) {
        int c = lowerCase ? Unicode14.lower(codePoint) : codePoint;
        if (lowerCase && c >= 128) {
            byte kind = Unicode14.kind(c);
            if (kind == Unicode14.MARK) {
                return;
            }
            if (kind == Unicode14.STARTER_MARK) {
                marks = length;
                return;
            }
            if (Unicode14.isStripped(c)) {
                for (int part : Unicode14.stripped(c)) {
                    place(part);
                }
                return;
            }
        }
        place(c);
    }

    private void place(int c) {
        if (c < 128 ? ASCII[c] == ALONE : Unicode14.kind(c) == Unicode14.PUNCTUATION) {
            alone(c);
            return;
        }
        int order = lowerCase ? Unicode14.order(c) : 0;
        int at = length;
        if (order != 0) { // canonical ordering: behind marks of the same or a lower class
            while (at > marks && Unicode14.order(Character.codePointBefore(word, at)) > order) {
                at -= Character.charCount(Character.codePointBefore(word, at));
            }
        }
        int chars = Character.charCount(c);
        reserve(chars);
        System.arraycopy(word, at, word, at + chars, length - at);
        Character.toChars(c, word, at);
        length += chars;
        codePoints++;
        if (order == 0) {
            marks = length;
        }
    }

    private void append(char c) {
        reserve(1);
        word[length++] = c;
        codePoints++;
        marks = length;
    }

    private void alone(int punctuation) {
        flush();
        reserve(2);
        length = Character.toChars(punctuation, word, 0);
        codePoints = 1;
        flush();
    }

    private void flush() {
        if (length > 0) {
            more = more && sink.word(word, length, codePoints);
        }
        length = 0;
        codePoints = 0;
        marks = 0;
    }

    private void reserve(int chars) {
        if (length + chars > word.length) {
            word = Arrays.copyOf(word, word.length * 2);
        }
    }
}
