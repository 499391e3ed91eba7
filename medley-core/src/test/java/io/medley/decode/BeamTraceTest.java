package io.medley.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.medley.checkpoint.Checkpoint;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Decoding over what BLIP's own decoder said at each step of transformers' search (reference/blip/decoder/beam_trace.safetensors). */
final class BeamTraceTest {
    private static final int SEP = 4;
    private static final int VOCABULARY = 103;
    private static final int CONTEXTS = 4;

    @ParameterizedTest
    @CsvSource({"3, 1.0", "3, 1.1", "1, 1.5"})
    void equalsTransformers(int beams, double penalty) throws IOException {
        var name = "beams=" + beams + ".min_length=5.max_length=12.repetition_penalty=" + penalty + "/";
        var strategy = beams == 1 ? new Strategy.Greedy() : new Strategy.Beam(beams);
        var options = new DecodingOptions(strategy, 5, 12, penalty, 1, SEP);
        try (var scope = Scope.open();
                var trace =
                        Checkpoint.open(Path.of("src/test/resources/reference/blip/decoder/beam_trace.safetensors"))) {
            var state = new Replay(trace.load(name + "scores").toFloats(), beams, options);
            var sequences = rows(trace.load(name + "sequences"));
            var prompts = Arrays.stream(sequences)
                    .map(ids ->
                            Arrays.stream(ids).limit(4).mapToInt(id -> (int) id).toArray())
                    .toArray(int[][]::new);
            var results = Decoder.decode(state, prompts, options).stream()
                    .map(r -> r.get(0))
                    .toList();
            assertThat(Continuation.padded(results, 0)).isDeepEqualTo(sequences);
            if (beams > 1) {
                float[] scores = trace.load(name + "sequences_scores").toFloats();
                for (int c = 0; c < CONTEXTS; c++) {
                    assertThat(results.get(c).score()).isCloseTo(scores[c], within(1e-5));
                }
            }
        }
    }

    private static long[][] rows(Tensor ids) {
        long[] all = ids.toLongs();
        int width = (int) ids.size(1);
        var rows = new long[all.length / width][];
        for (int r = 0; r < rows.length; r++) {
            rows[r] = Arrays.copyOfRange(all, r * width, (r + 1) * width);
        }
        return rows;
    }

    /**
     * Gives back logits from the recorded scores by undoing the processors. Upstream keeps all rows to the end; a row here is its context
     * and its place among the beams. In beam search the recorded scores are sums, so each row also carries the sum of its prefix.
     */
    private static final class Replay implements DecoderState {
        private record Row(int context, int beam, double sum, List<Long> ids) {}

        private final float[] scores; // (steps, contexts * beams, V)
        private final int beams;
        private final DecodingOptions options;
        private List<Row> rows = new ArrayList<>();
        private int step = -1;

        Replay(float[] scores, int beams, DecodingOptions options) {
            this.scores = scores;
            this.beams = beams;
            this.options = options;
            for (int c = 0; c < CONTEXTS; c++) {
                rows.add(new Row(c, 0, 0, List.of()));
            }
        }

        @Override
        public int rows() {
            return rows.size();
        }

        @Override
        public int vocabularySize() {
            return VOCABULARY;
        }

        @Override
        public Tensor advance(long[][] tokens) {
            var logits = new float[rows.size() * VOCABULARY];
            for (int r = 0; r < tokens.length; r++) {
                var row = rows.get(r);
                var ids = new ArrayList<>(row.ids());
                Arrays.stream(tokens[r]).forEach(ids::add);
                double sum = step < 0 || beams == 1 ? 0 : recorded(row, (int) tokens[r][0]);
                int slot = 0;
                for (int earlier = 0; earlier < r; earlier++) {
                    slot += rows.get(earlier).context() == row.context() ? 1 : 0;
                }
                rows.set(r, new Row(row.context(), slot, sum, ids));
            }
            step++;
            for (int r = 0; r < tokens.length; r++) {
                System.arraycopy(logits(rows.get(r)), 0, logits, r * VOCABULARY, VOCABULARY);
            }
            return Tensor.of(logits, rows.size(), VOCABULARY);
        }

        private float recorded(Row row, int token) {
            return scores[(step * CONTEXTS * beams + row.context() * beams + row.beam()) * VOCABULARY + token];
        }

        private float[] logits(Row row) {
            var logits = new float[VOCABULARY];
            double others = 0;
            for (int v = 0; v < VOCABULARY; v++) {
                double processed = recorded(row, v) - row.sum();
                boolean repeated = row.ids().contains((long) v);
                double penalty = repeated ? options.repetitionPenalty() : 1;
                logits[v] = (float) (processed < 0 ? processed / penalty : processed * penalty);
                others += v == SEP ? 0 : Math.exp(logits[v]);
            }
            if (logits[SEP] == Float.NEGATIVE_INFINITY) {
                // Forbidden there: in beam search what is left of probability 1, else something that would win.
                logits[SEP] = beams > 1 ? (float) Math.log1p(-others) : 50;
            }
            return logits;
        }

        @Override
        public void select(int[] chosen) {
            var next = new ArrayList<Row>();
            for (int r : chosen) {
                next.add(rows.get(r));
            }
            rows = next;
        }

        @Override
        public void close() {}
    }
}
