package io.medley.metric;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Words and n-grams of sentences whose tokens stand apart by white space. */
final class Ngrams {
    /** The orders of BLEU and CIDEr. */
    static final int ORDERS = 4;

    private Ngrams() {}

    /** The tokens; none of an empty sentence. */
    static List<String> words(String sentence) {
        var stripped = sentence.strip();
        return stripped.isEmpty() ? List.of() : List.of(stripped.split("\\s+"));
    }

    /** How often each n-gram occurs, n = 1…4; n-grams are their words joined by single spaces. */
    static List<Map<String, Integer>> counts(List<String> words) {
        var orders = new ArrayList<Map<String, Integer>>();
        for (int n = 1; n <= ORDERS; n++) {
            var order = new HashMap<String, Integer>();
            for (int i = 0; i + n <= words.size(); i++) {
                order.merge(String.join(" ", words.subList(i, i + n)), 1, Integer::sum);
            }
            orders.add(order);
        }
        return orders;
    }
}
