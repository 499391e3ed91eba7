package io.medley.metric;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * BLEU-1 to BLEU-4 (Papineni et al., 2002) as the COCO caption evaluation computes it ({@code pycocoevalcap/bleu}, effective reference
 * length {@code closest}): precisions clipped to the most a single reference holds, geometric mean, brevity penalty against the reference
 * nearest in length (the shorter of two equally near).
 *
 * @param corpus BLEU-n of all captions together at position n − 1, 0 to 1
 * @param items the same of every caption alone
 */
public record Bleu(double[] corpus, List<double[]> items) {
    /** Upstream's guards against 0/0; they show in the ninth decimal. */
    private static final double TINY = 1e-15;

    private static final double SMALL = 1e-9;

    /** What is counted, for one caption or summed over all. */
    private static final class Counts {
        private final long[] right = new long[Ngrams.ORDERS];
        private final long[] said = new long[Ngrams.ORDERS];
        private long length;
        private long referenceLength;

        void add(Counts other) {
            for (int n = 0; n < Ngrams.ORDERS; n++) {
                right[n] += other.right[n];
                said[n] += other.said[n];
            }
            length += other.length;
            referenceLength += other.referenceLength;
        }

        double[] scores() {
            var scores = new double[Ngrams.ORDERS];
            double ratio = (length + TINY) / (referenceLength + SMALL);
            double brevity = ratio < 1 ? Math.exp(1 - 1 / ratio) : 1;
            double product = 1;
            for (int n = 0; n < Ngrams.ORDERS; n++) {
                product *= (right[n] + TINY) / (said[n] + SMALL);
                scores[n] = Math.pow(product, 1.0 / (n + 1)) * brevity;
            }
            return scores;
        }
    }

    /**
     * Scores one caption per image; sentences are tokens separated by spaces.
     *
     * @param references of every image, at least one each
     */
    public static Bleu of(List<List<String>> references, List<String> captions) {
        var total = new Counts();
        var items = new ArrayList<double[]>();
        for (int i = 0; i < captions.size(); i++) {
            var counts = count(references.get(i), captions.get(i));
            total.add(counts);
            items.add(counts.scores());
        }
        return new Bleu(total.scores(), items);
    }

    private static Counts count(List<String> references, String caption) {
        var counts = new Counts();
        var words = Ngrams.words(caption);
        counts.length = words.size();
        counts.referenceLength = Long.MAX_VALUE;
        var most = new ArrayList<Map<String, Integer>>();
        for (var reference : references) {
            var referenceWords = Ngrams.words(reference);
            counts.referenceLength = nearer(counts.length, counts.referenceLength, referenceWords.size());
            var orders = Ngrams.counts(referenceWords);
            if (most.isEmpty()) {
                most.addAll(orders);
                continue;
            }
            for (int n = 0; n < Ngrams.ORDERS; n++) {
                var order = most.get(n);
                orders.get(n).forEach((ngram, count) -> order.merge(ngram, count, Math::max));
            }
        }
        var own = Ngrams.counts(words);
        for (int n = 0; n < Ngrams.ORDERS; n++) {
            counts.said[n] = Math.max(0, counts.length - n);
            for (var entry : own.get(n).entrySet()) {
                counts.right[n] += Math.min(entry.getValue(), most.get(n).getOrDefault(entry.getKey(), 0));
            }
        }
        return counts;
    }

    private static long nearer(long length, long known, long other) {
        if (known == Long.MAX_VALUE) {
            return other;
        }
        long difference = Math.abs(known - length) - Math.abs(other - length);
        return difference > 0 || difference == 0 && other < known ? other : known;
    }
}
