package io.medley.evaluate;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an evaluation found.
 *
 * @param task {@code caption}, {@code retrieval} …
 * @param figures by name, the most telling first
 * @param items one per example, in order
 * @param notes lines for people: what was not measured, and why
 */
public record Evaluation(String task, Map<String, Double> figures, List<Item> items, List<String> notes) {
    public Evaluation {
        figures = Collections.unmodifiableMap(new LinkedHashMap<>(figures));
        items = List.copyOf(items);
        notes = List.copyOf(notes);
    }

    /**
     * One example.
     *
     * @param score how well it went; the higher, the better, comparable within the evaluation only
     * @param pictures what was shown
     * @param facts what was asked, said and right, by name
     */
    public record Item(String key, double score, List<Picture> pictures, Map<String, Object> facts) {
        public Item {
            pictures = List.copyOf(pictures);
            facts = Collections.unmodifiableMap(new LinkedHashMap<>(facts));
        }
    }

    /** The figure that stands for all: the first. */
    public double figure() {
        return figures.values().iterator().next();
    }

    /** Its name. */
    public String figureName() {
        return figures.keySet().iterator().next();
    }
}
