package io.medley.decode;

import java.util.Arrays;
import java.util.List;

/**
 * One finished sequence.
 *
 * @param prompt the ids that were given
 * @param tokens the ids that were generated, including the end token if {@code reason} is {@link FinishReason#END_TOKEN}
 * @param score beam search: the sum of the processed log-probabilities divided by length<sup>length penalty</sup>, what transformers calls
 *     {@code sequences_scores}. Greedy and sampling: the mean of {@code logProbabilities}. 0 if nothing was generated
 * @param logProbabilities per token of {@code tokens}, its log-probability under the model itself, before penalties, temperature and
 *     truncation
 * @param reason why it ended
 */
public record Continuation(int[] prompt, int[] tokens, double score, float[] logProbabilities, FinishReason reason) {
    /** The prompt and the generated tokens. */
    public int[] ids() {
        int[] ids = Arrays.copyOf(prompt, prompt.length + tokens.length);
        System.arraycopy(tokens, 0, ids, prompt.length, tokens.length);
        return ids;
    }

    /**
     * The ids of several continuations as one rectangle, as {@code generate()} returns them: prompts included, shorter rows filled up with
     * {@code padToken} to the longest.
     */
    public static long[][] padded(List<Continuation> continuations, int padToken) {
        int longest =
                continuations.stream().mapToInt(Continuation::length).max().orElse(0);
        var rows = new long[continuations.size()][longest];
        for (int r = 0; r < rows.length; r++) {
            int[] ids = continuations.get(r).ids();
            Arrays.fill(rows[r], padToken);
            for (int i = 0; i < ids.length; i++) {
                rows[r][i] = ids[i];
            }
        }
        return rows;
    }

    private int length() {
        return prompt.length + tokens.length;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Continuation that
                && Arrays.equals(prompt, that.prompt)
                && Arrays.equals(tokens, that.tokens)
                && Double.compare(score, that.score) == 0
                && Arrays.equals(logProbabilities, that.logProbabilities)
                && reason == that.reason;
    }

    @Override
    public int hashCode() {
        return 31 * Arrays.hashCode(ids()) + Double.hashCode(score);
    }

    @Override
    public String toString() {
        return "Continuation[" + Arrays.toString(prompt) + " -> " + Arrays.toString(tokens) + ", score " + score + ", "
                + reason + "]";
    }
}
