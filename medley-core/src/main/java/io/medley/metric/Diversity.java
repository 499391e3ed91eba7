package io.medley.metric;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** How much captions differ from each other; a captioner that always says the same may still score well against references. */
public final class Diversity {
    private Diversity() {}

    /**
     * Figures of a set of captions: {@code unique} (share of captions said once), {@code distinct_1} and {@code distinct_2} (distinct words
     * and pairs of words per word said; Li et al., 2016), {@code vocabulary} (distinct words), {@code words} (mean per caption).
     */
    public static Map<String, Double> of(List<String> captions) {
        var tokens = captions.stream().map(PtbTokenizer::tokens).toList();
        var unigrams = new HashSet<String>();
        var bigrams = new HashSet<String>();
        var seen = new HashSet<List<String>>();
        var repeated = new HashSet<List<String>>();
        long words = 0;
        for (var caption : tokens) {
            var orders = Ngrams.counts(caption);
            unigrams.addAll(orders.get(0).keySet());
            bigrams.addAll(orders.get(1).keySet());
            words += caption.size();
            if (!seen.add(caption)) {
                repeated.add(caption);
            }
        }
        long once =
                tokens.stream().filter(caption -> !repeated.contains(caption)).count();
        var figures = new LinkedHashMap<String, Double>();
        figures.put("unique", (double) once / captions.size());
        figures.put("distinct_1", unigrams.size() / (double) Math.max(1, words));
        figures.put("distinct_2", bigrams.size() / (double) Math.max(1, words));
        figures.put("vocabulary", (double) unigrams.size());
        figures.put("words", words / (double) captions.size());
        return figures;
    }

    /**
     * Self-BLEU-4 of several captions of one image (Zhu et al., 2018): the mean BLEU of each against the others, 0 to 1; the lower, the more
     * they differ.
     */
    public static double selfBleu(List<String> samples) {
        var tokens = samples.stream().map(PtbTokenizer::normalize).toList();
        double sum = 0;
        for (int i = 0; i < tokens.size(); i++) {
            var others = new ArrayList<>(tokens);
            others.remove(i);
            sum += Bleu.of(List.of(others), List.of(tokens.get(i))).corpus()[3];
        }
        return sum / tokens.size();
    }
}
