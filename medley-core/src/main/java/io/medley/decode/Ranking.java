package io.medley.decode;

/**
 * Tokens of one row after its penalties, best first, equal scores in order of ids. Holds at least as many as were {@code wanted} from
 * {@link RowScores#of}, unless the vocabulary has no more: the penalties change the scores of tokens that are all known, and what they do
 * not change is in the row's own order.
 */
final class Ranking {
    /** What the penalties act on. */
    enum Scale {
        LOGITS,
        LOG_PROBABILITIES
    }

    private final int[] tokens;
    private final float[] scores;
    private final float[] logProbabilities;
    private final float outside;
    private int size;

    private Ranking(int capacity, float outside) {
        tokens = new int[capacity];
        scores = new float[capacity];
        logProbabilities = new float[capacity];
        this.outside = outside;
    }

    static Ranking of(RowScores rows, int row, int vocabulary, Penalties penalties, Scale scale) {
        float sum = rows.logSumExp(row);
        float base = scale == Scale.LOGITS ? 0 : sum;
        int best = rows.best();
        int[] repeated = penalties.repeated();
        var ranking = new Ranking(
                best + repeated.length,
                best == vocabulary ? Float.NEGATIVE_INFINITY : rows.logit(row, best - 1) - base);
        for (int i = 0; i < best; i++) {
            int token = rows.token(row, i);
            if (!penalties.changes(token)) {
                float logit = rows.logit(row, i);
                ranking.add(token, logit - base, logit - sum);
            }
        }
        for (int i = 0; i < repeated.length; i++) {
            if (repeated[i] != penalties.banned()) {
                float logit = rows.marked(row, i);
                ranking.add(repeated[i], penalties.apply(logit - base), logit - sum);
            }
        }
        return ranking;
    }

    private void add(int token, float score, float logProbability) {
        int at = size++;
        while (at > 0 && (scores[at - 1] < score || (scores[at - 1] == score && tokens[at - 1] > token))) {
            tokens[at] = tokens[at - 1];
            scores[at] = scores[at - 1];
            logProbabilities[at] = logProbabilities[at - 1];
            at--;
        }
        tokens[at] = token;
        scores[at] = score;
        logProbabilities[at] = logProbability;
    }

    int size() {
        return size;
    }

    int token(int i) {
        return tokens[i];
    }

    /** The processed score: of the logit, or of the log-probability. */
    float score(int i) {
        return scores[i];
    }

    /** The log-probability under the model itself. */
    float logProbability(int i) {
        return logProbabilities[i];
    }

    /** No token outside this ranking scores above this; negative infinity if there is none. */
    float outside() {
        return outside;
    }
}
