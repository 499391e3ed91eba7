package io.medley.checkpoint;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A pattern for names of tensors: <code>{}</code> stands for one part (no dot), {@code *} for any run of characters, dots too, perhaps none.
 * What they stood for can be put into another pattern with the same wildcards in the same order.
 */
final class KeyPattern {
    private static final Pattern WILDCARD = Pattern.compile("\\{}|\\*");

    private final String text;
    private final List<String> literals = new ArrayList<>();
    private final List<String> wildcards = new ArrayList<>();
    private final Pattern regex;

    KeyPattern(String text) {
        this.text = text;
        StringBuilder regexText = new StringBuilder();
        Matcher wildcard = WILDCARD.matcher(text);
        int from = 0;
        while (wildcard.find()) {
            literals.add(text.substring(from, wildcard.start()));
            wildcards.add(wildcard.group());
            regexText
                    .append(Pattern.quote(text.substring(from, wildcard.start())))
                    .append(wildcard.group().equals("*") ? "(.*)" : "([^.]+)");
            from = wildcard.end();
        }
        literals.add(text.substring(from));
        this.regex = Pattern.compile(
                regexText.append(Pattern.quote(text.substring(from))).toString(), Pattern.DOTALL);
    }

    /** What the wildcards stand for in a name, or nothing where it does not match. */
    Optional<List<String>> match(String name) {
        Matcher matcher = regex.matcher(name);
        if (!matcher.matches()) {
            return Optional.empty();
        }
        List<String> found = new ArrayList<>();
        for (int i = 1; i <= matcher.groupCount(); i++) {
            found.add(matcher.group(i));
        }
        return Optional.of(found);
    }

    boolean matches(String name) {
        return regex.matcher(name).matches();
    }

    /** The name with these in place of the wildcards. */
    String fill(List<String> found) {
        StringBuilder name = new StringBuilder(literals.get(0));
        for (int i = 0; i < wildcards.size(); i++) {
            name.append(found.get(i)).append(literals.get(i + 1));
        }
        return name.toString();
    }

    boolean hasSameWildcardsAs(KeyPattern other) {
        return wildcards.equals(other.wildcards);
    }

    @Override
    public String toString() {
        return text;
    }
}
