package io.medley.decode;

import java.util.Arrays;

/**
 * The logits processors of one row: the repetition penalty over the ids that occur, and the ban of the end token below the minimum length.
 * They change the scores of these few tokens and leave every other score as it is, which is what lets a step look at the most probable
 * tokens only.
 *
 * @param factor the repetition penalty
 * @param repeated ids it falls on, increasing; empty if the factor is 1
 * @param banned the id that may not come next, or -1
 */
record Penalties(float factor, int[] repeated, int banned) {
    private static final int[] NONE = {};

    static Penalties of(Hypothesis hypothesis, DecodingOptions options) {
        int[] repeated = options.repetitionPenalty() == 1 ? NONE : hypothesis.distinctIds();
        int banned = options.bansEnd(hypothesis.length()) ? options.endToken() : -1;
        return new Penalties((float) options.repetitionPenalty(), repeated, banned);
    }

    boolean changes(int token) {
        return token == banned || Arrays.binarySearch(repeated, token) >= 0;
    }

    boolean isNone() {
        return repeated.length == 0 && banned < 0;
    }

    /** The score of a repeated token; float arithmetic as upstream's. */
    float apply(float score) {
        return score < 0 ? score * factor : score / factor;
    }
}
