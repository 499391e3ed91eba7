package io.medley.capfilt;

import io.medley.tensor.MedleyException;
import io.medley.text.Captions;
import java.io.Serializable;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Which texts of a picture are kept. Decides from scores alone, so that side-cars can be judged again without a model. Empty texts and
 * repetitions are never kept; among equals the earlier text comes first, the web text before synthetic ones.
 */
public sealed interface Policy extends Serializable {

    /** The threshold of the paper: what ITM calls unmatched is dropped. */
    double PAPER_THRESHOLD = 0.5;

    /** Every text with an ITM probability of at least {@code threshold}, as in the paper. */
    record Paper(double threshold) implements Policy {
        public Paper {
            requireProbability(threshold);
        }

        @Override
        public String word() {
            return "paper";
        }
    }

    /** The one text with the highest ITM probability, if that is at least {@code threshold}. */
    record BestOf(double threshold) implements Policy {
        public BestOf {
            requireProbability(threshold);
        }

        @Override
        public String word() {
            return "best-of";
        }

        @Override
        public int most() {
            return 1;
        }
    }

    /** The {@code most} texts with the highest ITM probabilities, of those with at least {@code threshold}. */
    record TopK(int most, double threshold) implements Policy {
        public TopK {
            requireCount(most);
            requireProbability(threshold);
        }

        @Override
        public String word() {
            return "top-k";
        }
    }

    /**
     * The {@code most} texts with the highest CLIP cosines, as BLIP-2 (2 texts) and LAION-COCO rank them; the filter's ITC cosine where
     * no CLIP model was given. No threshold: the ITM probability is recorded, not asked.
     */
    record ClipRank(int most) implements Policy {
        public ClipRank {
            requireCount(most);
        }

        @Override
        public String word() {
            return "clip-rank";
        }

        @Override
        public double threshold() {
            return 0;
        }

        @Override
        public Comparator<ScoredText> order() {
            return Comparator.<ScoredText>comparingDouble(
                            text -> Double.isNaN(text.clip()) ? text.cosine() : text.clip())
                    .reversed();
        }
    }

    /** Its name on the command line and in files. */
    String word();

    /** Least ITM probability of a kept text, 0 to 1. */
    double threshold();

    /** Texts of a picture that are kept at most. */
    default int most() {
        return Integer.MAX_VALUE;
    }

    /** Better texts first: the best kept one becomes the picture's text. By log-odds rather than probabilities, many of which round to 1. */
    default Comparator<ScoredText> order() {
        return Comparator.comparingDouble(ScoredText::logit).reversed();
    }

    /** One verdict per text of one picture. */
    default List<Verdict> judge(List<ScoredText> texts) {
        var verdicts = new ArrayList<Verdict>();
        var seen = new HashSet<String>();
        for (var text : texts) {
            var plain = Captions.preCaption(text.text());
            if (plain.isBlank() || Double.isNaN(text.logit())) {
                verdicts.add(Verdict.EMPTY);
            } else if (!seen.add(plain)) {
                verdicts.add(Verdict.DUPLICATE);
            } else {
                verdicts.add(text.probability() >= threshold() ? Verdict.KEPT : Verdict.BELOW_THRESHOLD);
            }
        }
        IntStream.range(0, texts.size())
                .filter(i -> verdicts.get(i) == Verdict.KEPT)
                .boxed()
                .sorted((a, b) -> order().compare(texts.get(a), texts.get(b)))
                .skip(most())
                .forEach(i -> verdicts.set(i, Verdict.OUTRANKED));
        return verdicts;
    }

    /**
     * A policy by name.
     *
     * @param name paper, best-of, top-k or clip-rank
     * @param k texts to keep, for top-k and clip-rank
     */
    static Policy of(String name, double threshold, int k) {
        return switch (name) {
            case "paper" -> new Paper(threshold);
            case "best-of" -> new BestOf(threshold);
            case "top-k" -> new TopK(k, threshold);
            case "clip-rank" -> new ClipRank(k);
            default ->
                throw new MedleyException(
                        "policy '" + name + "' is not known; there are paper, best-of, top-k and clip-rank");
        };
    }

    private static void requireProbability(double threshold) {
        if (!(threshold >= 0 && threshold <= 1)) {
            throw new MedleyException("threshold is " + threshold + "; give a probability from 0 to 1");
        }
    }

    private static void requireCount(int k) {
        if (k < 1) {
            throw new MedleyException("texts to keep: " + k + " given; use 1 or more");
        }
    }
}
