package io.medley.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Sentences to the tokens caption metrics count: lower case, in the manner of the Penn Treebank, without punctuation. What the COCO
 * evaluation asks of Stanford's tokenizer ({@code pycocoevalcap/tokenizer}), written anew:
 *
 * <ul>
 *   <li>{@code dog's} → {@code dog 's}, {@code don't} → {@code do n't}, {@code cannot} → {@code can not}, {@code gonna} → {@code gon na};
 *   <li>numbers ({@code 1,000}, {@code 3.5}, {@code 10:30}), hyphenated words, and abbreviations ({@code u.s.}, {@code mr.}) stay whole;
 *   <li>currency and percent signs stand alone;
 *   <li>quotes, brackets, dashes and the marks {@code . ? ! , : ;} are dropped. (Stanford's tokenizer in lower case leaves
 *       {@code -lrb-} behind for a bracket; this one does not.)
 * </ul>
 */
public final class PtbTokenizer {
    private static final Pattern TOKEN = Pattern.compile(
            // Abbreviations with inner periods, before words take their first letter.
            "(?:\\p{L}\\.){2,}"
                    // Numbers with signs inside: 1,000 3.5 10:30 1/2.
                    + "|\\p{N}+(?:[.,:/]\\p{N}+)+"
                    // Words, with hyphens, apostrophes, slashes and ampersands inside.
                    + "|[\\p{L}\\p{N}\\p{M}_]+(?:[-'’&/@.][\\p{L}\\p{N}\\p{M}_]+)*"
                    // A clitic or year that begins with its apostrophe.
                    + "|['’](?:s|m|d|re|ve|ll|tis|twas|em|\\p{N}{2}s?)\\b"
                    // Symbols that are words of their own.
                    + "|[$€£¥#%&+=*@°§]",
            Pattern.CASE_INSENSITIVE);

    private static final Pattern CLITIC = Pattern.compile("(.+?)(n't|'s|'m|'d|'re|'ve|'ll)");

    private static final Set<String> TITLES = Set.of("mr", "mrs", "ms", "dr", "st", "jr", "sr", "vs", "etc", "prof");

    /** Words the treebank writes as two; the number is the length of the first. */
    private static final List<String> PAIRS =
            List.of("can|not", "gon|na", "got|ta", "wan|na", "gim|me", "lem|me", "d'|ye", "more|'n", "'t|is", "'t|was");

    private PtbTokenizer() {}

    /** The tokens of a sentence; none of one that has no words. */
    public static List<String> tokens(String sentence) {
        var text = sentence.toLowerCase(Locale.ROOT).replace('’', '\'').replace('`', '\'');
        var tokens = new ArrayList<String>();
        var match = TOKEN.matcher(text);
        while (match.find()) {
            var word = match.group();
            // A title keeps the period that a word at the end of a sentence loses.
            if (TITLES.contains(word) && text.startsWith(".", match.end()) && match.end() + 1 < text.length()) {
                tokens.add(word + ".");
            } else {
                split(word, tokens);
            }
        }
        return tokens;
    }

    /** The tokens joined by single spaces. */
    public static String normalize(String sentence) {
        return String.join(" ", tokens(sentence));
    }

    private static void split(String word, List<String> tokens) {
        for (var pair : PAIRS) {
            if (word.equals(pair.replace("|", ""))) {
                tokens.addAll(List.of(pair.split("\\|")));
                return;
            }
        }
        var clitic = CLITIC.matcher(word);
        if (clitic.matches()) {
            split(clitic.group(1), tokens);
            tokens.add(clitic.group(2));
            return;
        }
        int dot = word.indexOf('.');
        boolean abbreviation = word.endsWith(".") || word.chars().anyMatch(Character::isDigit);
        if (dot > 0 && !abbreviation) {
            // "table.a dog": two sentences without a space between them.
            for (var part : word.split("\\.")) {
                split(part, tokens);
            }
            return;
        }
        tokens.add(word);
    }
}
