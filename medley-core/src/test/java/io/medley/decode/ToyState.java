package io.medley.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** A language model whose logits are a hash of the context and the whole prefix, so that a row moved wrongly shows. */
final class ToyState implements ContinuousState<Long> {
    /** The model behind it: logits of the next token. */
    record Model(int vocabulary, long seed, int endToken, float endBias) {
        float[] logits(long context, long[] prefix) {
            long hash = seed * 31 + context;
            for (long id : prefix) {
                hash = RandomStream.mix(hash * 0x9e3779b97f4a7c15L + id + 1);
            }
            var stream = new RandomStream(hash, 0, 0);
            var logits = new float[vocabulary];
            for (int v = 0; v < vocabulary; v++) {
                logits[v] = (float) (5 * stream.next() - 2.5) + (v == endToken ? endBias : 0);
            }
            return logits;
        }
    }

    private record Row(long context, int contextIndex, long[] ids) {}

    private final Model model;
    private List<Row> rows = new ArrayList<>();
    private boolean continuous;
    private int entered;
    final List<Integer> rowsPerPass = new ArrayList<>();

    ToyState(Model model, long... contexts) {
        this.model = model;
        for (int c = 0; c < contexts.length; c++) {
            rows.add(new Row(contexts[c], c, new long[0]));
        }
    }

    @Override
    public void enter(Long context) {
        continuous = true;
        rows.add(new Row(context, entered++, new long[0]));
    }

    @Override
    public int rows() {
        return rows.size();
    }

    @Override
    public int vocabularySize() {
        return model.vocabulary();
    }

    @Override
    public Tensor advance(long[][] tokens) {
        assertThat(tokens).hasNumberOfRows(rows.size());
        rowsPerPass.add(rows.size());
        var logits = new float[rows.size() * model.vocabulary()];
        for (int r = 0; r < tokens.length; r++) {
            var row = rows.get(r);
            assertThat(tokens[r]).isNotEmpty();
            if (!continuous) {
                assertThat(tokens[r]).hasSameSizeAs(tokens[0]);
            } else if (row.ids().length > 0) {
                assertThat(tokens[r]).as("only prompts have several tokens").hasSize(1);
            }
            var ids = Arrays.copyOf(row.ids(), row.ids().length + tokens[r].length);
            System.arraycopy(tokens[r], 0, ids, row.ids().length, tokens[r].length);
            rows.set(r, new Row(row.context(), row.contextIndex(), ids));
            System.arraycopy(model.logits(row.context(), ids), 0, logits, r * model.vocabulary(), model.vocabulary());
        }
        return Tensor.of(logits, rows.size(), model.vocabulary());
    }

    @Override
    public void select(int[] chosen) {
        if (!continuous) {
            assertThat(chosen).isNotEmpty();
        }
        var next = new ArrayList<Row>();
        for (int r : chosen) {
            next.add(rows.get(r));
        }
        assertThat(next.stream().map(Row::contextIndex).toList())
                .as("rows of one context stay adjacent and in context order")
                .isSorted();
        rows = next;
    }

    @Override
    public void close() {}
}
