package io.medley.decode;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.List;

/**
 * What a step needs to know of each row of logits (R, V), brought over in one read: the logarithm of the sum of exponentials, the n largest
 * logits with their tokens, largest first, and the logits of the tokens a repetition penalty falls on.
 */
final class RowScores {
    private final float[] data;
    private final int stride;
    private final int best;

    private RowScores(float[] data, int rows, int best) {
        this.data = data;
        this.stride = data.length / rows;
        this.best = best;
    }

    /**
     * Reads rows of logits.
     *
     * @param logits (R, V)
     * @param penalties one per row
     * @param wanted how many tokens have to remain after those that the penalties change are taken out of the largest
     */
    static RowScores of(Tensor logits, List<Penalties> penalties, int wanted) {
        int rows = penalties.size();
        int vocabulary = Math.toIntExact(logits.size(1));
        int marked = penalties.stream().mapToInt(p -> p.repeated().length).max().orElse(0);
        boolean banned = penalties.stream().anyMatch(p -> p.banned() >= 0);
        int best = Math.min(vocabulary, wanted + marked + (banned ? 1 : 0));
        try (var scope = Scope.open()) {
            var largest = logits.topk(best);
            var sum = logSumExp(logits, largest);
            // Token ids are exact as floats: Decoder refuses vocabularies of more than 2²⁴.
            var tokens = largest.indices().to(logits.dtype());
            var packed = marked == 0
                    ? Tensor.cat(1, sum, largest.values(), tokens)
                    : Tensor.cat(1, sum, largest.values(), tokens, logits.gather(1, markedIds(penalties, marked)));
            var scores = new RowScores(packed.toFloats(), rows, best);
            scores.checkFinite();
            return scores;
        }
    }

    /**
     * Per row, (R, 1): a logit less its log-softmax, which the engine computes many times faster than its own logsumexp. The largest logit
     * is taken, so that it is finite where anything is.
     */
    private static Tensor logSumExp(Tensor logits, Tensor.Indexed largest) {
        var first = largest.indices().narrow(1, 0, 1);
        return largest.values().narrow(1, 0, 1).sub(logits.logSoftmax(1).gather(1, first));
    }

    /** Per row of (R, V), (R, 1). */
    static Tensor logSumExp(Tensor logits) {
        return logSumExp(logits, logits.topk(1));
    }

    private static Tensor markedIds(List<Penalties> penalties, int marked) {
        var ids = new long[penalties.size() * marked];
        for (int r = 0; r < penalties.size(); r++) {
            int[] repeated = penalties.get(r).repeated();
            for (int i = 0; i < repeated.length; i++) {
                ids[r * marked + i] = repeated[i];
            }
        }
        return Tensor.of(ids, penalties.size(), marked);
    }

    private void checkFinite() {
        for (int r = 0; r * stride < data.length; r++) {
            requireFinite(logSumExp(r), r);
        }
    }

    static void requireFinite(double logSumExp, int row) {
        if (!Double.isFinite(logSumExp)) {
            throw new MedleyException("decoding: the logits of row " + row + " sum to " + logSumExp
                    + " (not finite); the weights or the input are broken");
        }
    }

    /** How many of the largest logits are here. */
    int best() {
        return best;
    }

    float logSumExp(int row) {
        return data[row * stride];
    }

    /** The i-th largest logit of a row. */
    float logit(int row, int i) {
        return data[row * stride + 1 + i];
    }

    /** The token of the i-th largest logit of a row. */
    int token(int row, int i) {
        return (int) data[row * stride + 1 + best + i];
    }

    /** The logit of the i-th repeated token of a row. */
    float marked(int row, int i) {
        return data[row * stride + 1 + 2 * best + i];
    }
}
