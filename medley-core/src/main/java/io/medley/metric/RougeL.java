package io.medley.metric;

import java.util.List;

/**
 * ROUGE-L (Lin, 2004) as the COCO caption evaluation computes it ({@code pycocoevalcap/rouge}): F-measure of the longest common
 * subsequence with β = 1.2, from the best precision and the best recall over the references.
 */
public final class RougeL {
    private static final double BETA_SQUARED = 1.2 * 1.2;

    private RougeL() {}

    /** Score of a caption, 0 to 1; sentences are tokens separated by spaces. */
    public static double score(List<String> references, String caption) {
        var words = Ngrams.words(caption);
        double precision = 0;
        double recall = 0;
        for (var reference : references) {
            var other = Ngrams.words(reference);
            double common = longestCommonSubsequence(words, other);
            if (common > 0) {
                precision = Math.max(precision, common / words.size());
                recall = Math.max(recall, common / other.size());
            }
        }
        return precision == 0 ? 0 : (1 + BETA_SQUARED) * precision * recall / (recall + BETA_SQUARED * precision);
    }

    private static int longestCommonSubsequence(List<String> a, List<String> b) {
        var row = new int[b.size() + 1];
        for (var word : a) {
            int diagonal = 0;
            for (int j = 1; j <= b.size(); j++) {
                int above = row[j];
                row[j] = word.equals(b.get(j - 1)) ? diagonal + 1 : Math.max(above, row[j - 1]);
                diagonal = above;
            }
        }
        return row[b.size()];
    }
}
