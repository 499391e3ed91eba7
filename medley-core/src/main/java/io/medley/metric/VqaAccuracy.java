package io.medley.metric;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Accuracy of visual question answering (Antol et al., 2015): each of the people's answers is left out once, the prediction earns
 * min(1, agreeing others / 3), and the mean is taken. Immutable.
 */
public final class VqaAccuracy {
    /** What is made equal before answers are compared. */
    public enum Rules {
        /** Prediction and answers are always normalised alike: what {@link #OFFICIAL} means to do. */
        CONSISTENT,
        /**
         * GT-Vision-Lab/VQA {@code vqaEval.py} to the letter: nothing is normalised when all people agree (so {@code 2} is wrong where all say
         * {@code two}), and at most 32 periods are dropped.
         */
        OFFICIAL,
        /**
         * The copy in LAVIS and ALBEF: the prediction is always normalised, of the people's answers only the punctuation, and only when
         * they differ.
         */
        LAVIS
    }

    private static final List<String> PUNCTUATION = List.of(
            ";", "/", "[", "]", "\"", "{", "}", "(", ")", "=", "+", "\\", "_", "-", ">", "<", "@", "`", ",", "?", "!");
    private static final Set<String> ARTICLES = Set.of("a", "an", "the");
    private static final Map<String, String> NUMBERS = Map.ofEntries(
            Map.entry("none", "0"),
            Map.entry("zero", "0"),
            Map.entry("one", "1"),
            Map.entry("two", "2"),
            Map.entry("three", "3"),
            Map.entry("four", "4"),
            Map.entry("five", "5"),
            Map.entry("six", "6"),
            Map.entry("seven", "7"),
            Map.entry("eight", "8"),
            Map.entry("nine", "9"),
            Map.entry("ten", "10"));
    private static final Pattern COMMA_IN_NUMBER = Pattern.compile("\\d,\\d", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern PERIOD = Pattern.compile("\\.(?!\\d)", Pattern.UNICODE_CHARACTER_CLASS);
    private static final Pattern SPACE = Pattern.compile("\\s+", Pattern.UNICODE_CHARACTER_CLASS);

    /** Upstream passes re.UNICODE, which is 32, where the number of replacements is expected. */
    private static final int MOST_PERIODS = 32;

    private final Rules rules;
    private final Map<String, String> contractions = contractions();

    public VqaAccuracy(Rules rules) {
        this.rules = rules;
    }

    /**
     * What a prediction earns, 0 to 1. Where only one person was asked, 1 if they agree (upstream's arithmetic would always give 0).
     *
     * @param answers of all people asked, usually ten
     */
    public double score(String prediction, List<String> answers) {
        var given = answers.stream().map(VqaAccuracy::flat).toList();
        var said = flat(prediction);
        boolean differ = new HashSet<>(given).size() > 1;
        switch (rules) {
            case CONSISTENT -> {
                given = given.stream().map(this::normalize).toList();
                said = normalize(said);
            }
            case OFFICIAL -> {
                if (differ) {
                    given = given.stream().map(this::normalize).toList();
                    said = normalize(said);
                }
            }
            case LAVIS -> {
                said = normalize(said);
                if (differ) {
                    given = given.stream().map(this::withoutPunctuation).toList();
                }
            }
        }
        var wanted = said;
        long agreeing = given.stream().filter(wanted::equals).count();
        if (given.size() == 1) {
            return agreeing;
        }
        double sum = 0;
        for (var left : given) {
            long others = agreeing - (left.equals(wanted) ? 1 : 0);
            sum += Math.min(1, others / 3.0);
        }
        return sum / given.size();
    }

    /** An answer without punctuation, articles and capitals, small numbers as digits, contractions with their apostrophes. */
    public String normalize(String answer) {
        return plainWords(withoutPunctuation(flat(answer)));
    }

    private static String flat(String text) {
        return text.replace('\n', ' ').replace('\t', ' ').strip();
    }

    /** Upstream's {@code processPunctuation}: marks vanish where they touch a space or a number has a comma, else they become spaces. */
    public String withoutPunctuation(String text) {
        var out = text;
        boolean number = COMMA_IN_NUMBER.matcher(text).find();
        for (var mark : PUNCTUATION) {
            boolean vanishes = number || text.contains(mark + " ") || text.contains(" " + mark);
            out = out.replace(mark, vanishes ? "" : " ");
        }
        var match = PERIOD.matcher(out);
        var kept = new StringBuilder();
        int most = rules == Rules.CONSISTENT ? Integer.MAX_VALUE : MOST_PERIODS;
        for (int dropped = 0; dropped < most && match.find(); dropped++) {
            match.appendReplacement(kept, "");
        }
        return match.appendTail(kept).toString();
    }

    /** Upstream's {@code processDigitArticle}. */
    public String plainWords(String text) {
        var words = new ArrayList<String>();
        for (var word : SPACE.split(text.toLowerCase(Locale.ROOT).strip())) {
            var number = NUMBERS.getOrDefault(word, word);
            if (!number.isEmpty() && !ARTICLES.contains(number)) {
                words.add(contractions.getOrDefault(number, number));
            }
        }
        return String.join(" ", words);
    }

    /** {@code dont} → {@code don't} …, as upstream lists them, its slips included; those that hold capitals there never apply. */
    private static Map<String, String> contractions() {
        var stream = Objects.requireNonNull(VqaAccuracy.class.getResourceAsStream("vqa-contractions.txt"));
        try (var lines = new BufferedReader(new InputStreamReader(stream, StandardCharsets.UTF_8))) {
            var map = new HashMap<String, String>();
            for (var line = lines.readLine(); line != null; line = lines.readLine()) {
                var pair = line.split(" ");
                map.put(pair[0], pair[1]);
            }
            return map;
        } catch (IOException e) {
            throw new UncheckedIOException("vqa-contractions.txt", e);
        }
    }
}
