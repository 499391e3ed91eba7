package io.medley.decode;

import io.medley.tensor.DType;
import io.medley.tensor.Tensor;
import java.util.Arrays;
import java.util.List;

/** A {@link DecoderState} held to its contract, with selections that change nothing left out. */
final class Batch {
    private final DecoderState state;
    private final int vocabularySize;

    Batch(DecoderState state) {
        this.state = state;
        vocabularySize = state.vocabularySize();
    }

    int vocabularySize() {
        return vocabularySize;
    }

    Tensor prompt(int[][] prompts) {
        var tokens = new long[prompts.length][];
        for (int r = 0; r < prompts.length; r++) {
            tokens[r] = Arrays.stream(prompts[r]).asLongStream().toArray();
        }
        return advance(tokens);
    }

    /** Continues the given rows with one token each. */
    Tensor next(List<Integer> rows, List<Integer> tokens) {
        select(rows.stream().mapToInt(Integer::intValue).toArray());
        return advance(tokens.stream().map(t -> new long[] {t}).toArray(long[][]::new));
    }

    void select(int[] rows) {
        boolean identity = rows.length == state.rows();
        for (int i = 0; i < rows.length && identity; i++) {
            identity = rows[i] == i;
        }
        if (!identity) {
            state.select(rows);
        }
    }

    Tensor advance(long[][] tokens) {
        if (state.rows() != tokens.length) {
            throw new IllegalStateException(
                    "DecoderState: " + state.rows() + " rows where " + tokens.length + " are expected");
        }
        var logits = state.advance(tokens);
        if (!Arrays.equals(logits.shape(), new long[] {tokens.length, vocabularySize})
                || logits.dtype() != DType.FLOAT32) {
            throw new IllegalStateException("DecoderState.advance: logits " + logits + " where [" + tokens.length + ", "
                    + vocabularySize + "] FLOAT32 is expected");
        }
        return logits;
    }
}
