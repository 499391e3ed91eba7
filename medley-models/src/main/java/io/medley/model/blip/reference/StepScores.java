package io.medley.model.blip.reference;

import io.medley.decode.DecoderState;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A decoder's state that remembers what each step gave: the hypotheses of its rows and their logits. */
final class StepScores implements DecoderState {
    /** After {@code ids[row]}, the next token had {@code logits} (rows, V); row r belongs to {@code contexts[r]}. */
    record Step(long[][] ids, int[] contexts, Tensor logits) {}

    private final DecoderState state;
    private final List<Step> steps = new ArrayList<>();
    private long[][] ids;
    private int[] contexts;

    StepScores(DecoderState state) {
        this.state = state;
        this.ids = new long[state.rows()][0];
        this.contexts = new int[state.rows()];
        Arrays.setAll(contexts, i -> i);
    }

    List<Step> steps() {
        return steps;
    }

    @Override
    public int rows() {
        return state.rows();
    }

    @Override
    public int vocabularySize() {
        return state.vocabularySize();
    }

    @Override
    public Tensor advance(long[][] tokens) {
        var logits = state.advance(tokens);
        var longer = new long[tokens.length][];
        for (int r = 0; r < tokens.length; r++) {
            longer[r] = Arrays.copyOf(ids[r], ids[r].length + tokens[r].length);
            System.arraycopy(tokens[r], 0, longer[r], ids[r].length, tokens[r].length);
        }
        ids = longer;
        steps.add(new Step(ids, contexts, logits.copy()));
        return logits;
    }

    @Override
    public void select(int[] rows) {
        state.select(rows);
        ids = Arrays.stream(rows).mapToObj(r -> ids[r]).toArray(long[][]::new);
        contexts = Arrays.stream(rows).map(r -> contexts[r]).toArray();
    }

    @Override
    public void close() {
        state.close();
    }
}
