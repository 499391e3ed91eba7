package io.medley.task;

import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The best partners of pictures and texts.
 *
 * @param texts of every picture, the best first
 * @param pictures of every text, the best first
 */
public record Rankings(List<Ranked> texts, List<Ranked> pictures) {
    /** Best partners kept by {@link #byCosine}. */
    private static final int KEPT = 128;

    /**
     * The best partners of one query.
     *
     * @param partners numbers of texts or pictures, the best first
     * @param scores falling
     */
    @SuppressWarnings("ArrayRecordComponent") // tens of thousands of these; nobody compares them
    public record Ranked(int[] partners, float[] scores) {
        /** Sorts by score; of equal scores the later partner stands first, as in the original. */
        public static Ranked of(int[] partners, float[] scores) {
            int[] order = IntStream.range(0, partners.length)
                    .boxed()
                    .sorted((a, b) -> scores[a] != scores[b]
                            ? Float.compare(scores[b], scores[a])
                            : Integer.compare(partners[b], partners[a]))
                    .mapToInt(i -> i)
                    .toArray();
            var sorted = new float[order.length];
            for (int i = 0; i < order.length; i++) {
                sorted[i] = scores[order[i]];
            }
            return new Ranked(Arrays.stream(order).map(i -> partners[i]).toArray(), sorted);
        }

        /** The place of the best of several right partners, from 0; {@code Integer.MAX_VALUE} when none was ranked. */
        public int rank(int... right) {
            for (int place = 0; place < partners.length; place++) {
                int partner = partners[place];
                if (Arrays.stream(right).anyMatch(r -> r == partner)) {
                    return place;
                }
            }
            return Integer.MAX_VALUE;
        }
    }

    /** Ranks by the products of vectors: the 128 best of each. */
    public static Rankings byCosine(float[][] pictures, float[][] texts) {
        return new Rankings(best(pictures, texts), best(texts, pictures));
    }

    private static List<Ranked> best(float[][] queries, float[][] candidates) {
        return Arrays.stream(queries)
                .parallel()
                .map(query -> {
                    var scores = new float[candidates.length];
                    for (int c = 0; c < scores.length; c++) {
                        scores[c] = dot(query, candidates[c]);
                    }
                    var all = Ranked.of(IntStream.range(0, scores.length).toArray(), scores);
                    int kept = Math.min(KEPT, scores.length);
                    return new Ranked(Arrays.copyOf(all.partners, kept), Arrays.copyOf(all.scores, kept));
                })
                .toList();
    }

    private static float dot(float[] a, float[] b) {
        float sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }
}
