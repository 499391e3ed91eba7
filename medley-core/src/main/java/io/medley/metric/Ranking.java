package io.medley.metric;

import java.util.stream.IntStream;

/** Measures of scores that put things in order. */
public final class Ranking {
    private Ranking() {}

    /**
     * Share of queries whose right answer is among the k best.
     *
     * @param scores scores[query][candidate]; candidate i is right for query i
     */
    public static double recallAt(int k, float[][] scores) {
        int found = 0;
        for (int query = 0; query < scores.length; query++) {
            int better = 0;
            for (int candidate = 0; candidate < scores[query].length; candidate++) {
                // An equal score ahead of the right one counts against it, so that a constant scorer earns nothing.
                boolean ahead = scores[query][candidate] > scores[query][query]
                        || (scores[query][candidate] == scores[query][query] && candidate < query);
                better += ahead ? 1 : 0;
            }
            found += better < k ? 1 : 0;
        }
        return (double) found / scores.length;
    }

    /** Area under the ROC curve: the chance that a positive scores higher than a negative; ties count half. */
    public static double auc(double[] positives, double[] negatives) {
        int n = positives.length + negatives.length;
        var all = new double[n];
        System.arraycopy(positives, 0, all, 0, positives.length);
        System.arraycopy(negatives, 0, all, positives.length, negatives.length);
        var order = IntStream.range(0, n)
                .boxed()
                .sorted((a, b) -> Double.compare(all[a], all[b]))
                .mapToInt(i -> i)
                .toArray();
        double rankSum = 0;
        for (int start = 0; start < n; ) {
            int end = start;
            while (end < n && all[order[end]] == all[order[start]]) {
                end++;
            }
            double meanRank = (start + 1 + end) / 2.0;
            for (int i = start; i < end; i++) {
                rankSum += order[i] < positives.length ? meanRank : 0;
            }
            start = end;
        }
        double smallest = positives.length * (positives.length + 1.0) / 2;
        return (rankSum - smallest) / ((double) positives.length * negatives.length);
    }

    /** Swaps queries and candidates. */
    public static float[][] transpose(float[][] scores) {
        var out = new float[scores[0].length][scores.length];
        for (int i = 0; i < scores.length; i++) {
            for (int j = 0; j < scores[i].length; j++) {
                out[j][i] = scores[i][j];
            }
        }
        return out;
    }
}
