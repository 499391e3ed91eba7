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

        @Override
        public List<Verdict> judge(List<ScoredText> texts) {
            return Policies.judge(texts, threshold, Integer.MAX_VALUE, Policies.BY_MATCH);
        }

        @Override
        public Policy withThreshold(double value) {
            return new Paper(value);
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
        public List<Verdict> judge(List<ScoredText> texts) {
            return Policies.judge(texts, threshold, 1, Policies.BY_MATCH);
        }

        @Override
        public Policy withThreshold(double value) {
            return new BestOf(value);
        }
    }

    /** The {@code k} texts with the highest ITM probabilities, of those with at least {@code threshold}. */
    record TopK(int k, double threshold) implements Policy {
        public TopK {
            requireCount(k);
            requireProbability(threshold);
        }

        @Override
        public String word() {
            return "top-k";
        }

        @Override
        public List<Verdict> judge(List<ScoredText> texts) {
            return Policies.judge(texts, threshold, k, Policies.BY_MATCH);
        }

        @Override
        public Policy withThreshold(double value) {
            return new TopK(k, value);
        }
    }

    /**
     * The {@code k} texts with the highest CLIP cosines, as BLIP-2 ({@code k} = 2) and LAION-COCO rank them; the filter's ITC cosine where
     * no CLIP model was given. No threshold: the ITM probability is recorded, not asked.
     */
    record ClipRank(int k) implements Policy {
        public ClipRank {
            requireCount(k);
        }

        @Override
        public String word() {
            return "clip-rank";
        }

        @Override
        public List<Verdict> judge(List<ScoredText> texts) {
            return Policies.judge(texts, 0, k, Policies.BY_CLIP);
        }

        @Override
        public Comparator<ScoredText> order() {
            return Policies.BY_CLIP;
        }

        @Override
        public Policy withThreshold(double value) {
            throw new MedleyException(
                    "policy clip-rank ranks by cosine and has no threshold; leave it out, or use top-k");
        }
    }

    /** Its name on the command line and in files. */
    String word();

    /** One verdict per text of one picture. */
    List<Verdict> judge(List<ScoredText> texts);

    /** Better texts first: the best kept one becomes the picture's text. */
    default Comparator<ScoredText> order() {
        return Policies.BY_MATCH;
    }

    /** The same with another threshold. */
    Policy withThreshold(double value);

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

    /** What all policies are made of. */
    final class Policies {
        /** By log-odds rather than probabilities, many of which are 1 after rounding. */
        private static final Comparator<ScoredText> BY_MATCH =
                Comparator.comparingDouble(ScoredText::logit).reversed();

        private static final Comparator<ScoredText> BY_CLIP = Comparator.<ScoredText>comparingDouble(
                        text -> Double.isNaN(text.clip()) ? text.cosine() : text.clip())
                .reversed();

        private Policies() {}

        private static List<Verdict> judge(
                List<ScoredText> texts, double threshold, int most, Comparator<ScoredText> order) {
            var verdicts = new ArrayList<Verdict>();
            var seen = new HashSet<String>();
            for (var text : texts) {
                var plain = Captions.preCaption(text.text());
                if (plain.isBlank() || Double.isNaN(text.logit())) {
                    verdicts.add(Verdict.EMPTY);
                } else if (!seen.add(plain)) {
                    verdicts.add(Verdict.DUPLICATE);
                } else {
                    verdicts.add(text.probability() >= threshold ? Verdict.KEPT : Verdict.BELOW_THRESHOLD);
                }
            }
            IntStream.range(0, texts.size())
                    .filter(i -> verdicts.get(i) == Verdict.KEPT)
                    .boxed()
                    .sorted((a, b) -> order.compare(texts.get(a), texts.get(b)))
                    .skip(most)
                    .forEach(i -> verdicts.set(i, Verdict.OUTRANKED));
            return verdicts;
        }
    }
}
