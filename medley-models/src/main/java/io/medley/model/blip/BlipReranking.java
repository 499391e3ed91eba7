package io.medley.model.blip;

import io.medley.model.med.CrossMemory;
import io.medley.task.RetrievalOptions;
import io.medley.task.RetrievalOptions.Formula;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Ranks texts for images and images for texts: {@code evaluation} of {@code train_retrieval.py}. The contrastive cosine picks the k best
 * partners of each, the match classifier scores these; a pair that both sides picked is computed once.
 *
 * <p>The original keeps the states of all images at once (9 GB for COCO's 5,000). Here only vectors and the picks are kept: the image encoder
 * runs a second time when its image is matched, which costs little beside the matching.
 */
public final class BlipReranking {
    private static final int IMAGES_AT_ONCE = 8;
    private static final int TEXTS_AT_ONCE = 64;
    private static final int ROWS_AT_ONCE = 256;

    private final BlipMatcher matcher;
    private final BlipTokens tokens;
    private final RetrievalOptions options;

    /** Where images come from. */
    public interface Images {
        int count();

        /** States (count, N, C) of some images in a row, in the current scope; asked for in rising order, twice. */
        Tensor embeds(int from, int count);
    }

    /** Who is told the scores. */
    public interface Sink {
        /**
         * One pair.
         *
         * @param pickedByImage whether the text is among the k best of the image
         * @param pickedByText whether the image is among the k best of the text
         */
        void scored(int image, int text, float score, boolean pickedByImage, boolean pickedByText);
    }

    public BlipReranking(BlipMatcher matcher, BlipTokens tokens, RetrievalOptions options) {
        this.matcher = matcher;
        this.tokens = tokens;
        this.options = options;
    }

    /**
     * Scores the picked pairs.
     *
     * @param ids (J, T) int64 starting with [CLS]
     * @param mask (J, T), ones where there is text
     */
    public void run(Images images, Tensor ids, Tensor mask, Sink sink) {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var imageFeatures = imageFeatures(images); // (I, E)
            var textFeatures = textFeatures(ids, mask); // (J, E)
            int k = options.rerank();
            if (k == 0) {
                byCosine(imageFeatures, textFeatures, sink);
                return;
            }
            var picks = Picks.of(best(imageFeatures, textFeatures, k), best(textFeatures, imageFeatures, k));
            var texts = new Texts(BlipTokens.withFirst(ids, tokens.enc()), mask, lengths(mask));
            int together = Math.max(1, Math.min(IMAGES_AT_ONCE, TEXTS_AT_ONCE / k));
            for (int from = 0; from < images.count(); from += together) {
                int count = Math.min(together, images.count() - from);
                try (var part = Scope.open()) {
                    var embeds = images.embeds(from, count);
                    float[][] cosines = rows(
                            imageFeatures.narrow(0, from, count).matmul(textFeatures.transpose(0, 1))); // (count, J)
                    match(embeds, from, picks, texts, cosines, sink);
                }
            }
        }
    }

    private void byCosine(Tensor imageFeatures, Tensor textFeatures, Sink sink) {
        for (int from = 0; from < imageFeatures.size(0); from += ROWS_AT_ONCE) {
            try (var part = Scope.open()) {
                int count = (int) Math.min(ROWS_AT_ONCE, imageFeatures.size(0) - from);
                float[][] cosines = rows(imageFeatures.narrow(0, from, count).matmul(textFeatures.transpose(0, 1)));
                for (int i = 0; i < count; i++) {
                    for (int j = 0; j < cosines[i].length; j++) {
                        sink.scored(from + i, j, cosines[i][j], true, true);
                    }
                }
            }
        }
    }

    private Tensor imageFeatures(Images images) {
        var parts = new ArrayList<Tensor>();
        for (int from = 0; from < images.count(); from += IMAGES_AT_ONCE) {
            try (var part = Scope.open()) {
                int count = Math.min(IMAGES_AT_ONCE, images.count() - from);
                parts.add(part.keep(matcher.imageFeatures(images.embeds(from, count))));
            }
        }
        return Tensor.cat(parts, 0);
    }

    private Tensor textFeatures(Tensor ids, Tensor mask) {
        var parts = new ArrayList<Tensor>();
        var cls = BlipTokens.withFirst(ids, tokens.cls());
        for (long from = 0; from < ids.size(0); from += ROWS_AT_ONCE) {
            try (var part = Scope.open()) {
                long count = Math.min(ROWS_AT_ONCE, ids.size(0) - from);
                parts.add(part.keep(matcher.textFeatures(cls.narrow(0, from, count), mask.narrow(0, from, count))));
            }
        }
        return Tensor.cat(parts, 0);
    }

    /** Positions of the k best candidates of every query; similarities are made a block of queries at a time. */
    private static List<int[]> best(Tensor queries, Tensor candidates, int k) {
        int kept = (int) Math.min(k, candidates.size(0));
        var best = new ArrayList<int[]>();
        for (long from = 0; from < queries.size(0); from += ROWS_AT_ONCE) {
            try (var part = Scope.open()) {
                long count = Math.min(ROWS_AT_ONCE, queries.size(0) - from);
                long[] indices = queries.narrow(0, from, count)
                        .matmul(candidates.transpose(0, 1))
                        .topk(kept)
                        .indices()
                        .toLongs();
                for (int r = 0; r < count; r++) {
                    best.add(Arrays.stream(indices, r * kept, (r + 1) * kept)
                            .mapToInt(Math::toIntExact)
                            .toArray());
                }
            }
        }
        return best;
    }

    /** A text picked for an image, and by which of the two. */
    private record Pick(int text, boolean byImage, boolean byText) {}

    /** All picks, by image. */
    private record Picks(List<List<Pick>> ofImage) {
        static Picks of(List<int[]> textsOfImages, List<int[]> imagesOfTexts) {
            var byText = new ArrayList<List<Integer>>();
            textsOfImages.forEach(i -> byText.add(new ArrayList<>()));
            for (int text = 0; text < imagesOfTexts.size(); text++) {
                for (int image : imagesOfTexts.get(text)) {
                    byText.get(image).add(text);
                }
            }
            var picks = new ArrayList<List<Pick>>();
            for (int image = 0; image < textsOfImages.size(); image++) {
                int[] own = textsOfImages.get(image).clone();
                Arrays.sort(own);
                var wanted = new ArrayList<Pick>();
                for (int text : own) {
                    // Texts come in rising order in both lists.
                    boolean both = java.util.Collections.binarySearch(byText.get(image), text) >= 0;
                    wanted.add(new Pick(text, true, both));
                }
                for (int text : byText.get(image)) {
                    if (Arrays.binarySearch(own, text) < 0) {
                        wanted.add(new Pick(text, false, true));
                    }
                }
                picks.add(wanted);
            }
            return new Picks(picks);
        }
    }

    private record Texts(Tensor ids, Tensor mask, int[] lengths) {}

    /** Match scores of some images in a row; their texts go through together, as many at once for each image. */
    private void match(Tensor embeds, int first, Picks picks, Texts texts, float[][] cosines, Sink sink) {
        int images = Math.toIntExact(embeds.size(0));
        CrossMemory memory = matcher.memory(embeds);
        int most = 0;
        for (int i = 0; i < images; i++) {
            most = Math.max(most, picks.ofImage.get(first + i).size());
        }
        int each = Math.max(1, TEXTS_AT_ONCE / images);
        for (int from = 0; from < most; from += each) {
            try (var scope = Scope.open()) {
                int count = Math.min(each, most - from);
                float[] logits = logits(memory, chosen(first, images, from, count, picks), texts);
                for (int i = 0; i < images; i++) {
                    var wanted = picks.ofImage.get(first + i);
                    for (int t = from; t < Math.min(wanted.size(), from + count); t++) {
                        var pick = wanted.get(t);
                        float cosine = options.formula() == Formula.LOGIT_PLUS_COSINE ? cosines[i][pick.text] : 0;
                        float score = logits[i * count + t - from] + cosine;
                        sink.scored(first + i, pick.text, score, pick.byImage, pick.byText);
                    }
                }
            }
        }
    }

    /** Texts number {@code from} to {@code from + count} of every image; an image with fewer repeats its last, and nobody looks. */
    private static long[] chosen(int first, int images, int from, int count, Picks picks) {
        var chosen = new long[images * count];
        for (int i = 0; i < images; i++) {
            var wanted = picks.ofImage.get(first + i);
            for (int t = 0; t < count; t++) {
                chosen[i * count + t] = wanted.get(Math.min(wanted.size() - 1, from + t)).text;
            }
        }
        return chosen;
    }

    private float[] logits(CrossMemory memory, long[] chosen, Texts texts) {
        long longest = 1;
        for (long text : chosen) {
            longest = Math.max(longest, texts.lengths[Math.toIntExact(text)]);
        }
        var index = Tensor.of(chosen, chosen.length);
        var ids = texts.ids.narrow(1, 0, longest).indexSelect(0, index);
        var mask = texts.mask.narrow(1, 0, longest).indexSelect(0, index);
        return matcher.itmLogits(ids, mask, memory).select(1, 1).contiguous().toFloats();
    }

    private static int[] lengths(Tensor mask) {
        return Arrays.stream(mask.sum(1, false).toDoubles())
                .mapToInt(sum -> (int) sum)
                .toArray();
    }

    private static float[][] rows(Tensor matrix) {
        float[] flat = matrix.toFloats();
        int columns = Math.toIntExact(matrix.size(1));
        var rows = new float[Math.toIntExact(matrix.size(0))][];
        for (int r = 0; r < rows.length; r++) {
            rows[r] = Arrays.copyOfRange(flat, r * columns, (r + 1) * columns);
        }
        return rows;
    }
}
