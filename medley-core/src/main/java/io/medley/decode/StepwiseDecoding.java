package io.medley.decode;

import io.medley.decode.DecodingListener.Flow;
import java.util.ArrayList;
import java.util.List;

/** Greedy decoding and sampling: every sample chooses its own next token, and leaves the batch when it is finished. */
final class StepwiseDecoding {
    private static final class Sample {
        final int context;
        final int index;
        final RandomStream stream;
        Hypothesis hypothesis;
        FinishReason reason = FinishReason.CANCELLED;

        Sample(int context, int index, RandomStream stream, Hypothesis hypothesis) {
            this.context = context;
            this.index = index;
            this.stream = stream;
            this.hypothesis = hypothesis;
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

    private final Batch batch;
    private final DecodingOptions options;
    private final TokenChooser chooser;
    private final DecodingListener listener;

    StepwiseDecoding(Batch batch, DecodingOptions options, TokenChooser chooser, DecodingListener listener) {
        this.batch = batch;
        this.options = options;
        this.chooser = chooser;
        this.listener = listener;
    }

    List<List<Continuation>> run(int[][] prompts, long[] keys, long seed) {
        var samples = new ArrayList<Sample>();
        for (int c = 0; c < prompts.length; c++) {
            for (int j = 0; j < options.samples(); j++) {
                samples.add(new Sample(c, j, new RandomStream(seed, keys[c], j), Hypothesis.of(prompts[c])));
            }
        }
        generate(samples, prompts);
        var results = new ArrayList<List<Continuation>>();
        for (int c = 0; c < prompts.length; c++) {
            results.add(samples.subList(c * options.samples(), (c + 1) * options.samples()).stream()
                    .map(Sample::result)
                    .toList());
        }
        return results;
    }

    private void generate(List<Sample> samples, int[][] prompts) {
        var live = new ArrayList<>(samples);
        // The prompt is run once per context: at the first step the samples of a context read the same row.
        var rows = samples.stream().mapToInt(s -> s.context).toArray();
        int length = prompts[0].length;
        var logits = batch.prompt(prompts);
        while (true) {
            List<Choice> choices;
            try {
                choices = chooser.choose(
                        logits,
                        penalties(live, rows),
                        rows,
                        live.stream().map(s -> s.stream).toList());
            } finally {
                logits.close();
            }
            length++;
            for (int s = 0; s < live.size(); s++) {
                if (accept(live.get(s), choices.get(s)) == Flow.CANCEL) {
                    // The token just reported belongs to its sample; the rest of this step was never shown.
                    return;
                }
            }
            var nextRows = new ArrayList<Integer>();
            var tokens = new ArrayList<Integer>();
            for (int s = 0; s < live.size(); s++) {
                if (live.get(s).isOpen()) {
                    nextRows.add(rows[s]);
                    tokens.add(choices.get(s).token());
                }
            }
            live.removeIf(s -> !s.isOpen());
            if (live.isEmpty() || listener.cancelled(length)) {
                return;
            }
            logits = batch.next(nextRows, tokens);
            rows = new int[live.size()];
            for (int r = 0; r < rows.length; r++) {
                rows[r] = r;
            }
        }
    }

    private Flow accept(Sample sample, Choice choice) {
        sample.hypothesis = sample.hypothesis.append(choice.token(), choice.logProbability());
        int position = sample.hypothesis.logProbabilities().length - 1;
        var flow = listener.onToken(
                new TokenEvent(sample.context, sample.index, position, choice.token(), choice.logProbability()));
        if (choice.token() == options.endToken()) {
            sample.reason = FinishReason.END_TOKEN;
        } else if (sample.hypothesis.length() >= options.maxLength()) {
            sample.reason = FinishReason.MAX_LENGTH;
        } else if (flow == Flow.STOP) {
            sample.reason = FinishReason.STOPPED;
        }
        return flow;
    }

    /** One per row of logits; samples that share a row have the same sequence. */
    private List<Penalties> penalties(List<Sample> live, int[] rows) {
        var penalties = new ArrayList<Penalties>();
        for (int s = 0; s < rows.length; s++) {
            if (rows[s] == penalties.size()) {
                penalties.add(Penalties.of(live.get(s).hypothesis, options));
            }
        }
        return penalties;
    }
}
