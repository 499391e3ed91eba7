package io.medley.model.blip;

import io.medley.model.med.CrossMemory;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Ranks texts for images and images for texts: {@code evaluation} of {@code train_retrieval.py}. The contrastive cosine picks the k best
 * partners of each, the match classifier scores these; everything else gets −100.
 *
 * @param imageToText (I, J)
 * @param textToImage (J, I)
 */
public record BlipRetrievalScores(float[][] imageToText, float[][] textToImage) {
    private static final float UNSCORED = -100;
    private static final int TEXTS_AT_ONCE = 64;

    /** What a scored pair is worth. */
    public enum Formula {
        /** Match logit plus cosine: BLIP. */
        LOGIT_PLUS_COSINE,
        /** Match logit alone: ALBEF. */
        LOGIT
    }

    /**
     * Scores all images with all texts; a pair that both sides picked is computed once.
     *
     * @param imageEmbeds (I, N, C)
     * @param ids (J, T) int64 starting with [CLS]
     * @param mask (J, T)
     * @param k partners scored for each image and each text; fewer when there are not so many
     */
    public static BlipRetrievalScores of(
            BlipMatcher matcher,
            BlipTokens tokens,
            Tensor imageEmbeds,
            Tensor ids,
            Tensor mask,
            int k,
            Formula formula) {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            int images = Math.toIntExact(imageEmbeds.size(0));
            int texts = Math.toIntExact(ids.size(0));
            var cosines = matcher.imageFeatures(imageEmbeds)
                    .matmul(matcher.textFeatures(ids, mask).transpose(0, 1)); // (I, J)
            var textsOf = best(cosines, k);
            var imagesOf = best(cosines.transpose(0, 1), k);
            var scores = new BlipRetrievalScores(filled(images, texts), filled(texts, images));
            float[] cosine = cosines.toFloats();
            var enc = BlipTokens.withFirst(ids, tokens.enc());
            for (int i = 0; i < images; i++) {
                Set<Integer> wanted = new LinkedHashSet<>(textsOf.get(i));
                for (int j = 0; j < texts; j++) {
                    if (imagesOf.get(j).contains(i)) {
                        wanted.add(j);
                    }
                }
                float[] logits = logits(matcher, imageEmbeds.narrow(0, i, 1), enc, mask, wanted);
                int at = 0;
                for (int j : wanted) {
                    float score = logits[at++] + (formula == Formula.LOGIT_PLUS_COSINE ? cosine[i * texts + j] : 0);
                    if (textsOf.get(i).contains(j)) {
                        scores.imageToText[i][j] = score;
                    }
                    if (imagesOf.get(j).contains(i)) {
                        scores.textToImage[j][i] = score;
                    }
                }
            }
            return scores;
        }
    }

    private static List<Set<Integer>> best(Tensor similarities, int k) {
        int columns = Math.toIntExact(similarities.size(1));
        int kept = Math.min(k, columns);
        long[] indices = similarities.topk(kept).indices().toLongs();
        var rows = new ArrayList<Set<Integer>>();
        for (int r = 0; r < similarities.size(0); r++) {
            var row = new LinkedHashSet<Integer>();
            for (int c = 0; c < kept; c++) {
                row.add(Math.toIntExact(indices[r * kept + c]));
            }
            rows.add(row);
        }
        return rows;
    }

    /** Match logits of one image with chosen texts; the image's keys and values are computed once. */
    private static float[] logits(BlipMatcher matcher, Tensor image, Tensor ids, Tensor mask, Set<Integer> wanted) {
        long[] all = wanted.stream().mapToLong(Integer::longValue).toArray();
        float[] logits = new float[all.length];
        try (var scope = Scope.open()) {
            CrossMemory memory = matcher.memory(image);
            for (int from = 0; from < all.length; from += TEXTS_AT_ONCE) {
                long[] some = Arrays.copyOfRange(all, from, Math.min(all.length, from + TEXTS_AT_ONCE));
                var index = Tensor.of(some, some.length);
                float[] part = matcher.itmLogits(ids.indexSelect(0, index), mask.indexSelect(0, index), memory)
                        .select(1, 1)
                        .toFloats();
                System.arraycopy(part, 0, logits, from, part.length);
            }
        }
        return logits;
    }

    private static float[][] filled(int rows, int columns) {
        var scores = new float[rows][columns];
        for (var row : scores) {
            Arrays.fill(row, UNSCORED);
        }
        return scores;
    }
}
