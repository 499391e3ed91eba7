package io.medley.decode;

import java.util.Arrays;

/** A sequence under way: immutable, so that beams can share it. Arrays are not to be changed. */
record Hypothesis(int[] ids, float[] logProbabilities) {
    static Hypothesis of(int[] prompt) {
        return new Hypothesis(prompt, new float[0]);
    }

    Hypothesis append(int token, float logProbability) {
        int[] longer = Arrays.copyOf(ids, ids.length + 1);
        longer[ids.length] = token;
        float[] more = Arrays.copyOf(logProbabilities, logProbabilities.length + 1);
        more[logProbabilities.length] = logProbability;
        return new Hypothesis(longer, more);
    }

    int length() {
        return ids.length;
    }

    /** The ids that occur, each once, in increasing order. */
    int[] distinctIds() {
        return Arrays.stream(ids).sorted().distinct().toArray();
    }

    Continuation finish(double score, FinishReason reason) {
        int prompt = ids.length - logProbabilities.length;
        return new Continuation(
                Arrays.copyOf(ids, prompt),
                Arrays.copyOfRange(ids, prompt, ids.length),
                score,
                logProbabilities.clone(),
                reason);
    }
}
