package io.medley.data;

import io.medley.checkpoint.Quote;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * A member's name taken apart as WebDataset does: the key reaches to the first dot after the last slash, the rest is the extension.
 *
 * @param extension lower case
 * @param problem why nobody should use this name, null if all is well
 */
record MemberName(String key, String extension, @Nullable String problem) {
    private static final int LONGEST = 255;

    /** Null for names that belong to no sample: without extension, or hidden. */
    static @Nullable MemberName of(String name) {
        String plain = name.startsWith("./") ? name.substring(2) : name;
        String problem = problem(plain);
        int slash = plain.lastIndexOf('/');
        int dot = plain.indexOf('.', slash + 1);
        if (dot <= slash + 1 || dot == plain.length() - 1) {
            return problem == null ? null : new MemberName(plain, "", problem);
        }
        return new MemberName(plain.substring(0, dot), plain.substring(dot + 1).toLowerCase(Locale.ROOT), problem);
    }

    private static @Nullable String problem(String name) {
        if (name.length() > LONGEST) {
            return "a member's name is longer than " + LONGEST + " characters";
        }
        boolean unsafe = name.startsWith("/") || name.indexOf('\\') >= 0 || name.startsWith(":", 1);
        for (String part : name.split("/", -1)) {
            unsafe |= part.equals("..");
        }
        // U+FFFD is what bytes turn into that are no UTF-8.
        unsafe |= name.chars().anyMatch(c -> Character.isISOControl(c) || c == '\uFFFD');
        return unsafe ? "unsafe name " + Quote.of(name) + ": it leaves its directory or holds odd characters" : null;
    }
}
