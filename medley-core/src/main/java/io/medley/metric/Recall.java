package io.medley.metric;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Share of queries, in percent, with a right partner among the 1, 5 and 10 best: {@code itm_eval} of BLIP's {@code train_retrieval.py}.
 *
 * @param at1 R@1
 * @param at5 R@5
 * @param at10 R@10
 */
public record Recall(double at1, double at5, double at10) {
    /** The rank of a right partner that was not among those scored. */
    public static final int NOT_FOUND = Integer.MAX_VALUE;

    /** From the place of the best right partner of every query, counted from 0. */
    public static Recall of(int[] ranks) {
        return new Recall(share(ranks, 1), share(ranks, 5), share(ranks, 10));
    }

    /**
     * From all scores. Among equal scores the later candidate stands first, as upstream's reversed sort has it.
     *
     * @param scores (queries, candidates)
     * @param right right candidates of every query, at least one each
     */
    public static Recall of(float[][] scores, List<int[]> right) {
        var ranks = new int[scores.length];
        for (int query = 0; query < scores.length; query++) {
            ranks[query] = rank(scores[query], right.get(query));
        }
        return of(ranks);
    }

    private static int rank(float[] scores, int[] right) {
        int best = NOT_FOUND;
        for (int partner : right) {
            int ahead = 0;
            for (int other = 0; other < scores.length; other++) {
                boolean before = scores[other] > scores[partner] || scores[other] == scores[partner] && other > partner;
                ahead += before ? 1 : 0;
            }
            best = Math.min(best, ahead);
        }
        return best;
    }

    private static double share(int[] ranks, int k) {
        return 100.0 * Arrays.stream(ranks).filter(rank -> rank < k).count() / ranks.length;
    }

    /** Mean of the three. */
    public double mean() {
        return (at1 + at5 + at10) / 3;
    }

    /**
     * Both directions under upstream's names: {@code txt_r1} … {@code img_r_mean}, and {@code r_mean} over all six.
     *
     * @param texts finding texts for images
     * @param images finding images for texts
     */
    public static Map<String, Double> figures(Recall texts, Recall images) {
        var figures = new LinkedHashMap<String, Double>();
        texts.put("txt", figures);
        images.put("img", figures);
        figures.put("r_mean", (texts.mean() + images.mean()) / 2);
        return figures;
    }

    private void put(String direction, Map<String, Double> figures) {
        figures.put(direction + "_r1", at1);
        figures.put(direction + "_r5", at5);
        figures.put(direction + "_r10", at10);
        figures.put(direction + "_r_mean", mean());
    }
}
