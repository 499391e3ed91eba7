package io.medley.metric;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * CIDEr-D (Vedantam et al., 2015) as the COCO caption evaluation computes it ({@code pycocoevalcap/cider}): tf-idf weighted n-gram cosine,
 * n = 1…4, clipped to the reference, with a Gaussian penalty on the difference in length; ×10. Document frequencies come from the
 * references of the very captions that are scored.
 */
public final class Cider {
    private static final int MAX_N = 4;
    private static final double SIGMA = 6;

    private final Map<String, Integer> documentFrequency = new HashMap<>();
    private final double logDocuments;
    private final List<List<String>> references;

    /** References of every image; sentences are tokens separated by single spaces. */
    public Cider(List<List<String>> references) {
        this.references = references;
        this.logDocuments = Math.log(references.size());
        for (var sentences : references) {
            var seen = new HashSet<String>();
            sentences.forEach(s -> counts(s).forEach(order -> seen.addAll(order.keySet())));
            seen.forEach(ngram -> documentFrequency.merge(ngram, 1, Integer::sum));
        }
    }

    /** Score of a caption for the image at {@code index}; usually 0 to 2, at most 10. */
    public double score(int index, String caption) {
        var hypothesis = vector(caption);
        double sum = 0;
        for (var reference : references.get(index)) {
            sum += similarity(hypothesis, vector(reference));
        }
        return 10 * sum / references.get(index).size();
    }

    /** Mean score of one caption per image. */
    public double corpus(List<String> captions) {
        double sum = 0;
        for (int i = 0; i < captions.size(); i++) {
            sum += score(i, captions.get(i));
        }
        return sum / captions.size();
    }

    /** tf-idf weights by n-gram order, their norms, and the number of bigrams, which upstream takes for the length. */
    private record Vector(List<Map<String, Double>> weights, double[] norms, int length) {}

    private Vector vector(String sentence) {
        var weights = new ArrayList<Map<String, Double>>();
        var norms = new double[MAX_N];
        int length = 0;
        var counts = counts(sentence);
        for (int n = 0; n < MAX_N; n++) {
            var order = new HashMap<String, Double>();
            for (var entry : counts.get(n).entrySet()) {
                double df = Math.log(Math.max(1, documentFrequency.getOrDefault(entry.getKey(), 0)));
                double weight = entry.getValue() * (logDocuments - df);
                order.put(entry.getKey(), weight);
                norms[n] += weight * weight;
                if (n == 1) {
                    length += entry.getValue();
                }
            }
            norms[n] = Math.sqrt(norms[n]);
            weights.add(order);
        }
        return new Vector(weights, norms, length);
    }

    private static double similarity(Vector hypothesis, Vector reference) {
        double delta = hypothesis.length - reference.length;
        double penalty = Math.exp(-delta * delta / (2 * SIGMA * SIGMA));
        double sum = 0;
        for (int n = 0; n < MAX_N; n++) {
            double value = 0;
            for (var entry : hypothesis.weights.get(n).entrySet()) {
                double other = reference.weights.get(n).getOrDefault(entry.getKey(), 0.0);
                value += Math.min(entry.getValue(), other) * other;
            }
            double norm = hypothesis.norms[n] * reference.norms[n];
            sum += (norm == 0 ? value : value / norm) * penalty;
        }
        return sum / MAX_N;
    }

    private static List<Map<String, Integer>> counts(String sentence) {
        var words = sentence.split(" ");
        var orders = new ArrayList<Map<String, Integer>>();
        for (int n = 1; n <= MAX_N; n++) {
            var order = new HashMap<String, Integer>();
            for (int i = 0; i + n <= words.length; i++) {
                order.merge(String.join(" ", Arrays.copyOfRange(words, i, i + n)), 1, Integer::sum);
            }
            orders.add(order);
        }
        return orders;
    }
}
