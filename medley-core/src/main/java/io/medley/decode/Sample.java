package io.medley.decode;

import java.util.Arrays;

/** One continuation under way in {@link StepwiseDecoding}. */
final class Sample {
    final int context;
    final int index;
    final RandomStream stream;
    Hypothesis hypothesis;
    FinishReason reason = FinishReason.CANCELLED;

    /** The row of the batch it continues; before their first token the samples of a context share one. */
    int row;

    private int read;

    Sample(int context, int index, RandomStream stream, int[] prompt, int row) {
        this.context = context;
        this.index = index;
        this.stream = stream;
        this.hypothesis = Hypothesis.of(prompt);
        this.row = row;
    }

    /** What the model has not read yet: the prompt at first, then the last token. */
    long[] unread() {
        return Arrays.stream(hypothesis.ids(), read, hypothesis.length())
                .asLongStream()
                .toArray();
    }

    /** Adds a token; the model has read what was before it. */
    void append(Choice choice) {
        read = hypothesis.length();
        hypothesis = hypothesis.append(choice.token(), choice.logProbability());
    }

    boolean isOpen() {
        return reason == FinishReason.CANCELLED;
    }

    Continuation result() {
        var logProbabilities = hypothesis.logProbabilities();
        double sum = 0;
        for (float logProbability : logProbabilities) {
            sum += logProbability;
        }
        return hypothesis.finish(logProbabilities.length == 0 ? 0 : sum / logProbabilities.length, reason);
    }
}
