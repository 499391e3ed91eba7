package io.medley.decode;

import io.medley.decode.DecodingListener.Flow;
import java.util.ArrayList;
import java.util.List;

/**
 * Greedy decoding and sampling, a token at a time: every sample chooses its own next token, and leaves the batch when it is finished. Between
 * steps other contexts may come, where the state allows it.
 */
final class StepwiseDecoding {
    private final Batch batch;
    private final DecodingOptions options;
    private final TokenChooser chooser;
    private final long seed;
    private final DecodingListener listener;
    private final List<Sample> live = new ArrayList<>();
    private boolean settled = true;

    /** With greedy choices unless the strategy is to sample. */
    StepwiseDecoding(Batch batch, DecodingOptions options, DecodingListener listener) {
        this.batch = batch;
        this.options = options;
        this.listener = listener;
        if (options.strategy() instanceof Strategy.Sample sample) {
            chooser = new SamplingChooser(sample);
            seed = sample.seed();
        } else {
            chooser = new GreedyChooser();
            seed = 0;
        }
    }

    /** Decodes contexts whose rows are in the batch, from their prompts to the end. */
    List<List<Continuation>> run(int[][] prompts, long[] keys) {
        var samples = new ArrayList<List<Sample>>();
        for (int c = 0; c < prompts.length; c++) {
            samples.add(enter(c, prompts[c], keys[c], c));
        }
        int length = prompts[0].length;
        do {
            length++;
        } while (step() && !live.isEmpty() && !listener.cancelled(length));
        return samples.stream().map(StepwiseDecoding::results).toList();
    }

    static List<Continuation> results(List<Sample> samples) {
        return samples.stream().map(Sample::result).toList();
    }

    /** The samples of a context whose row {@code row} of the batch has read nothing yet. */
    List<Sample> enter(int context, int[] prompt, long key, int row) {
        var samples = new ArrayList<Sample>();
        for (int j = 0; j < options.samples(); j++) {
            samples.add(new Sample(context, j, new RandomStream(seed, key, j), prompt, row));
        }
        live.addAll(samples);
        return samples;
    }

    /** How many samples are under way. */
    int live() {
        return live.size();
    }

    /** Gives every sample a row of its own, and the rows of finished ones up. */
    void settle() {
        if (!settled) {
            batch.select(live.stream().mapToInt(s -> s.row).toArray());
            for (int r = 0; r < live.size(); r++) {
                live.get(r).row = r;
            }
            settled = true;
        }
    }

    /** One pass through the model and one token for each sample; false if the listener ended the run. */
    boolean step() {
        settle();
        // A prompt is run once per context: at its first step the samples of a context read the same row.
        var rows = live.stream().mapToInt(s -> s.row).toArray();
        List<Choice> choices;
        try (var logits = batch.advance(unread(rows))) {
            choices = chooser.choose(
                    logits,
                    penalties(rows),
                    rows,
                    live.stream().map(s -> s.stream).toList());
        }
        settled = false;
        for (int s = 0; s < live.size(); s++) {
            if (accept(live.get(s), choices.get(s)) == Flow.CANCEL) {
                // The token just reported belongs to its sample; the rest of this step was never shown.
                return false;
            }
        }
        live.removeIf(s -> !s.isOpen());
        return true;
    }

    private long[][] unread(int[] rows) {
        var tokens = new long[rows[rows.length - 1] + 1][];
        for (int s = rows.length - 1; s >= 0; s--) {
            if (tokens[rows[s]] == null) {
                tokens[rows[s]] = live.get(s).unread();
            }
        }
        return tokens;
    }

    private Flow accept(Sample sample, Choice choice) {
        sample.append(choice);
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
    private List<Penalties> penalties(int[] rows) {
        var penalties = new ArrayList<Penalties>();
        for (int s = 0; s < rows.length; s++) {
            if (rows[s] == penalties.size()) {
                penalties.add(Penalties.of(live.get(s).hypothesis, options));
            }
        }
        return penalties;
    }
}
