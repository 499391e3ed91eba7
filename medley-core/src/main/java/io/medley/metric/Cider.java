package io.medley.metric;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;

/**
 * CIDEr (Vedantam et al., 2015): tf-idf weighted n-gram cosine with the references, n = 1…4, ×10. Document frequencies come from the
 * references of the very captions that are scored, so a single image always scores 0.
 */
public final class Cider {
    private static final double SIGMA = 6;

    /** Which of the paper's two measures. */
    public enum Variant {
        /** The plain cosine. */
        CIDER,
        /**
         * Counts clipped to the reference and a Gaussian penalty on the difference in length. This is what {@code pycocoevalcap/cider}
         * computes and calls CIDEr, and what papers report.
         */
        CIDER_D
    }

    private final Variant variant;
    private final Map<String, Integer> documentFrequency = new HashMap<>();
    private final double logDocuments;
    private final List<List<String>> references;

    /** CIDEr-D with the references of every image; sentences are tokens separated by single spaces. */
    public Cider(List<List<String>> references) {
        this(references, Variant.CIDER_D);
    }

    public Cider(List<List<String>> references, Variant variant) {
        this.variant = variant;
        this.logDocuments = Math.log(references.size());
        this.references = references;
        for (var sentences : references) {
            var seen = new HashSet<String>();
            sentences.forEach(s -> Ngrams.counts(Ngrams.words(s)).forEach(order -> seen.addAll(order.keySet())));
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
        var norms = new double[Ngrams.ORDERS];
        var words = Ngrams.words(sentence);
        var counts = Ngrams.counts(words);
        for (int n = 0; n < Ngrams.ORDERS; n++) {
            var order = new HashMap<String, Double>();
            for (var entry : counts.get(n).entrySet()) {
                double df = Math.log(Math.max(1, documentFrequency.getOrDefault(entry.getKey(), 0)));
                double weight = entry.getValue() * (logDocuments - df);
                order.put(entry.getKey(), weight);
                norms[n] += weight * weight;
            }
            norms[n] = Math.sqrt(norms[n]);
            weights.add(order);
        }
        return new Vector(weights, norms, Math.max(0, words.size() - 1));
    }

    private double similarity(Vector hypothesis, Vector reference) {
        double delta = hypothesis.length - reference.length;
        double penalty = variant == Variant.CIDER ? 1 : Math.exp(-delta * delta / (2 * SIGMA * SIGMA));
        double sum = 0;
        for (int n = 0; n < Ngrams.ORDERS; n++) {
            double value = 0;
            for (var entry : hypothesis.weights.get(n).entrySet()) {
                double other = reference.weights.get(n).getOrDefault(entry.getKey(), 0.0);
                double own = variant == Variant.CIDER ? entry.getValue() : Math.min(entry.getValue(), other);
                value += own * other;
            }
            double norm = hypothesis.norms[n] * reference.norms[n];
            sum += (norm == 0 ? value : value / norm) * penalty;
        }
        return sum / Ngrams.ORDERS;
    }
}
