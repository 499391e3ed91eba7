package io.medley.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;

/**
 * Character properties as Python 3.11 sees them (Unicode 14.0), the version the reference ids were made with. A JDK's own tables differ from release
 * to release. The data file is written by {@code src/tools/text_tables.py}.
 */
final class Unicode14 {
    static final byte OTHER = 0;
    /** Categories Cc, Cf, Cs, Co and Cn: also what Unicode 14.0 had not assigned. */
    static final byte CONTROL = 1;
    /** Category Zs. */
    static final byte SPACE = 2;
    /** U+2028 and U+2029. */
    static final byte BREAK = 3;
    /** Category Mn, not a starter. */
    static final byte MARK = 4;
    /** Category Mn with combining class 0: marks do not move across it. */
    static final byte STARTER_MARK = 5;

    static final byte LETTER = 6;
    static final byte NUMBER = 7;
    static final byte PUNCTUATION = 8;

    private static final int KIND = 0x0f;
    private static final int CASED = 0x10;
    private static final int IGNORABLE = 0x20;
    private static final int STRIPS = 0x40;

    private static final byte[] EMPTY = new byte[256];
    private static final byte[][] BLOCKS = new byte[0x1100][];
    private static final int[] LOWER_FROM;
    private static final int[] LOWER_TO;
    private static final Map<Integer, int[]> STRIPPED = new HashMap<>();
    private static final Map<Integer, Integer> ORDER = new HashMap<>();

    static {
        Arrays.fill(BLOCKS, EMPTY);
        int[][] lower = {new int[2048], new int[2048]};
        int count = 0;
        try (InputStream in = Unicode14.class.getResourceAsStream("unicode-14.txt")) {
            if (in == null) {
                throw new IllegalStateException("io/medley/text/unicode-14.txt is missing from the jar");
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String[] items = line.split(" ");
                for (int i = 1; i < items.length && !items[0].equals("#"); i++) {
                    count = read(items[0], items[i], lower, count);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        LOWER_FROM = Arrays.copyOf(lower[0], count);
        LOWER_TO = Arrays.copyOf(lower[1], count);
    }

    private Unicode14() {}

    /** One of the constants above. */
    static byte kind(int codePoint) {
        return (byte) (flags(codePoint) & KIND);
    }

    /** Whether the final-sigma rule counts it as a letter with case. */
    static boolean isCased(int codePoint) {
        return (flags(codePoint) & CASED) != 0;
    }

    /** Whether the final-sigma rule looks past it. */
    static boolean isCaseIgnorable(int codePoint) {
        return (flags(codePoint) & IGNORABLE) != 0;
    }

    /** Python's {@code str.isspace} of one character; what {@code split} and {@code strip} take for white space. */
    static boolean isSpace(int codePoint) {
        if (codePoint < 0x80) {
            return codePoint == ' '
                    || (codePoint >= 0x09 && codePoint <= 0x0d)
                    || (codePoint >= 0x1c && codePoint <= 0x1f);
        }
        byte kind = kind(codePoint);
        return kind == SPACE || kind == BREAK || codePoint == 0x85;
    }

    /** Lower case of one character without context; U+0130 gives {@code i}, whose following U+0307 is the caller's to add. */
    static int lower(int codePoint) {
        if (codePoint < 0x80) {
            return codePoint >= 'A' && codePoint <= 'Z' ? codePoint + 32 : codePoint;
        }
        if (codePoint == 0x130) {
            return 'i';
        }
        int at = Arrays.binarySearch(LOWER_FROM, codePoint);
        return at < 0 ? codePoint : LOWER_TO[at];
    }

    /** Whether {@link #stripped} changes it. */
    static boolean isStripped(int codePoint) {
        return (flags(codePoint) & STRIPS) != 0 || isHangulSyllable(codePoint);
    }

    /** The canonical decomposition without its marks (Mn); only for characters that {@link #isStripped}. */
    static int[] stripped(int codePoint) {
        if (isHangulSyllable(codePoint)) {
            int index = codePoint - 0xAC00; // Unicode Standard 3.12: 21 vowels, 28 trailing consonants
            int lead = 0x1100 + index / 588;
            int vowel = 0x1161 + index % 588 / 28;
            int trail = 0x11A7 + index % 28;
            return trail == 0x11A7 ? new int[] {lead, vowel} : new int[] {lead, vowel, trail};
        }
        return STRIPPED.getOrDefault(codePoint, new int[] {codePoint});
    }

    /** Canonical combining class of a character that is not a mark (Mn); nearly always 0. */
    static int order(int codePoint) {
        return codePoint < 0x1715 ? 0 : ORDER.getOrDefault(codePoint, 0);
    }

    private static boolean isHangulSyllable(int codePoint) {
        return codePoint >= 0xAC00 && codePoint <= 0xD7A3;
    }

    private static int flags(int codePoint) {
        return BLOCKS[codePoint >> 8][codePoint & 0xff];
    }

    private static int read(String name, String item, int[][] lower, int count) {
        switch (name) {
            case "strips", "order" -> {
                int at = item.indexOf('=');
                int from = Integer.parseInt(item.substring(0, at), 16);
                if (name.equals("order")) {
                    ORDER.put(from, Integer.parseInt(item.substring(at + 1)));
                } else {
                    strip(
                            from,
                            Arrays.stream(item.substring(at + 1).split("\\+"))
                                    .mapToInt(s -> Integer.parseInt(s, 16))
                                    .toArray());
                }
            }
            case "strip", "lower" -> {
                int sign = Math.max(item.indexOf('+'), item.lastIndexOf('-'));
                int delta = Integer.parseInt(item.substring(sign), 16);
                String span = item.substring(0, sign);
                int slash = span.indexOf('/');
                int step = slash < 0 ? 1 : Integer.parseInt(span.substring(slash + 1));
                int[] ends = ends(slash < 0 ? span : span.substring(0, slash));
                for (int c = ends[0]; c <= ends[1]; c += step) {
                    if (name.equals("strip")) {
                        strip(c, c + delta);
                    } else {
                        lower[0][count] = c;
                        lower[1][count++] = c + delta;
                    }
                }
            }
            default -> {
                int[] ends = ends(item);
                int flag = flag(name);
                for (int c = ends[0]; c <= ends[1]; c++) {
                    mark(c, flag);
                }
            }
        }
        return count;
    }

    private static int flag(String name) {
        return switch (name) {
            case "kind-B" -> BREAK;
            case "kind-C" -> CONTROL;
            case "kind-L" -> LETTER;
            case "kind-M" -> MARK;
            case "kind-N" -> NUMBER;
            case "kind-P" -> PUNCTUATION;
            case "kind-S" -> STARTER_MARK;
            case "kind-Z" -> SPACE;
            case "cased" -> CASED;
            case "ignorable" -> IGNORABLE;
            default -> throw new IllegalStateException("unicode-14.txt: unknown line '" + name + "'");
        };
    }

    private static int[] ends(String span) {
        int dash = span.indexOf('-');
        int first = Integer.parseInt(dash < 0 ? span : span.substring(0, dash), 16);
        return new int[] {first, dash < 0 ? first : Integer.parseInt(span.substring(dash + 1), 16)};
    }

    private static void strip(int from, int... to) {
        STRIPPED.put(from, to);
        mark(from, STRIPS);
    }

    private static void mark(int codePoint, int flag) {
        byte[] block = BLOCKS[codePoint >> 8];
        if (block == EMPTY) {
            block = new byte[256];
            BLOCKS[codePoint >> 8] = block;
        }
        block[codePoint & 0xff] |= (byte) flag;
    }
}
