package io.medley.text;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * Python's {@code html.unescape}: HTML5 names (also the old ones without semicolon, longest first), decimal and hexadecimal references, Windows-1252 for the
 * codes 128 to 159. The names are written by {@code src/tools/text_tables.py}.
 */
final class HtmlEntities {
    private static final int MAX_NAME = 32;
    /** What browsers read the codes 128 to 159 as; 129, 141, 143, 144 and 157 stay themselves. */
    private static final String WINDOWS_1252 =
            "\u20ac\u0081\u201a\u0192\u201e\u2026\u2020\u2021\u02c6\u2030\u0160\u2039\u0152\u008d\u017d\u008f"
                    + "\u0090\u2018\u2019\u201c\u201d\u2022\u2013\u2014\u02dc\u2122\u0161\u203a\u0153\u009d\u017e\u0178";

    private static final Map<String, String> NAMES = new HashMap<>();

    static {
        try (InputStream in = HtmlEntities.class.getResourceAsStream("html5-entities.txt")) {
            if (in == null) {
                throw new IllegalStateException("io/medley/text/html5-entities.txt is missing from the jar");
            }
            BufferedReader reader = new BufferedReader(new InputStreamReader(in, StandardCharsets.US_ASCII));
            for (String line = reader.readLine(); line != null; line = reader.readLine()) {
                String[] items = line.split(" ");
                StringBuilder value = new StringBuilder();
                for (int i = 1; i < items.length; i++) {
                    value.appendCodePoint(Integer.parseInt(items[i], 16));
                }
                NAMES.put(items[0], value.toString());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private HtmlEntities() {}

    static String unescape(String text) {
        int ampersand = text.indexOf('&');
        if (ampersand < 0) {
            return text;
        }
        StringBuilder out = new StringBuilder(text.length());
        int done = 0;
        while (ampersand >= 0) {
            out.append(text, done, ampersand);
            done = reference(text, ampersand + 1, out);
            ampersand = text.indexOf('&', done);
        }
        return out.append(text, done, text.length()).toString();
    }

    /** Reads what follows an ampersand; returns where the text goes on. */
    private static int reference(String text, int start, StringBuilder out) {
        if (text.startsWith("#", start)) {
            boolean hex = text.startsWith("x", start + 1) || text.startsWith("X", start + 1);
            int first = start + (hex ? 2 : 1);
            int end = first;
            int code = 0;
            for (; end < text.length() && digit(text.charAt(end), hex) >= 0; end++) {
                code = Math.min(0x110000, code * (hex ? 16 : 10) + digit(text.charAt(end), hex));
            }
            if (end == first) {
                out.append('&');
                return start;
            }
            appendCode(code, out);
            return text.startsWith(";", end) ? end + 1 : end;
        }
        int end = start;
        int codePoints = 0;
        while (end < text.length() && codePoints < MAX_NAME && "\t\n\f <&#;".indexOf(text.charAt(end)) < 0) {
            end = text.offsetByCodePoints(end, 1);
            codePoints++;
        }
        if (end > start && text.startsWith(";", end)) {
            end++;
        }
        for (int cut = end; cut > start + 1; cut--) {
            String value = NAMES.get(text.substring(start, cut));
            if (value != null) {
                out.append(value);
                return cut;
            }
        }
        out.append('&');
        return start;
    }

    private static void appendCode(int code, StringBuilder out) {
        if (code == 0 || code > Character.MAX_CODE_POINT || (code >= 0xD800 && code <= 0xDFFF)) {
            out.append('\ufffd');
        } else if (code >= 128 && code < 160) {
            out.append(WINDOWS_1252.charAt(code - 128));
        } else if (!isForbidden(code)) {
            out.appendCodePoint(code);
        }
    }

    private static boolean isForbidden(int code) {
        boolean control = code < 0x20 && code != '\t' && code != '\n' && code != '\f' && code != '\r';
        return control || code == 0x7f || (code >= 0xfdd0 && code <= 0xfdef) || (code & 0xfffe) == 0xfffe;
    }

    private static int digit(char c, boolean hex) {
        if (c >= '0' && c <= '9') {
            return c - '0';
        }
        int letter = (c | 0x20) - 'a';
        return hex && letter >= 0 && letter < 6 ? letter + 10 : -1;
    }
}
