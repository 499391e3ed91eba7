package io.medley.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.MedleyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Contexts that enter while others are under way get what they get alone, and the batch stays full. */
final class ContinuousDecoderTest {
    private static final int END = 3;
    private static final int CONTEXTS = 60;

    private static int[] prompt(int context) {
        return IntStream.rangeClosed(0, context % 3).map(i -> 1 + 4 * i).toArray();
    }

    /** Results by context, and what the state saw. */
    private record Run(List<List<Continuation>> results, List<Integer> rowsPerPass) {}

    private static Run run(ToyState.Model model, DecodingOptions options, int rows, int contexts) {
        var state = new ToyState(model);
        var decoder = new ContinuousDecoder<>(state, options, rows, contexts);
        List<List<Continuation>> results = new ArrayList<>();
        int next = 0;
        int done = 0;
        while (next < CONTEXTS || !decoder.isIdle()) {
            while (next < CONTEXTS && decoder.hasRoom()) {
                int context = next++;
                results.add(List.of());
                decoder.enter((long) context, prompt(context), 1000 + context, r -> results.set(context, r));
            }
            decoder.step();
            assertThat(state.rows()).isLessThanOrEqualTo(rows);
            int open = (int) results.stream().filter(List::isEmpty).count();
            assertThat(open).isLessThanOrEqualTo(contexts);
            done = results.size() - open;
        }
        assertThat(done).isEqualTo(CONTEXTS);
        return new Run(results, state.rowsPerPass);
    }

    @Test
    void resultsAreThoseOfContextsAlone() {
        var random = new Random(3);
        var strategies = List.<Strategy>of(
                new Strategy.Greedy(),
                new Strategy.Beam(1),
                new Strategy.Sample(1.3, 0, 0.8, 9),
                new Strategy.Sample(0.7, 10, 0.9, 9));
        for (int round = 0; round < 12; round++) {
            var strategy = strategies.get(round % strategies.size());
            int samples = strategy instanceof Strategy.Sample ? 1 + random.nextInt(4) : 1;
            // Sometimes the longest prompt has the maximum length already.
            var options = new DecodingOptions(strategy, 2, 3 + 3 * (round % 4), 1.1, samples, END);
            var model = new ToyState.Model(25, round, END, 1);
            var run = run(model, options, samples * (1 + random.nextInt(6)), 1 + random.nextInt(8));
            for (int c = 0; c < CONTEXTS; c++) {
                var alone = Decoder.decode(
                        new ToyState(model, c),
                        new int[][] {prompt(c)},
                        options,
                        new long[] {1000 + c},
                        DecodingListener.NONE);
                assertThat(run.results().get(c))
                        .as("round %d context %d", round, c)
                        .isEqualTo(alone.get(0));
            }
        }
    }

    @Test
    void theBatchStaysFullUntilContextsRunOut() {
        var options = DecodingOptions.nucleus(1, 5, 30, END);
        var run = run(new ToyState.Model(12, 3, END, 2), options, 8, 8);
        int tokens = run.results().stream()
                .flatMap(List::stream)
                .mapToInt(c -> c.tokens().length)
                .sum();
        assertThat(run.rowsPerPass().stream().mapToInt(Integer::intValue).sum()).isEqualTo(tokens);
        int notFull = 0;
        while (run.rowsPerPass().get(notFull) == 8) {
            notFull++;
        }
        // From then on no new context came, and none may last longer than the longest.
        assertThat(run.rowsPerPass().size() - notFull).isLessThan(30);
        assertThat(notFull).isGreaterThan(tokens / 8 - 30);
    }

    @Test
    void whatDoesNotFitIsSaid() {
        var model = new ToyState.Model(9, 7, END, 0);
        assertThatThrownBy(() -> new ContinuousDecoder<>(new ToyState(model), DecodingOptions.beam(3, 9, END), 8, 8))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("beam search");
        var options = DecodingOptions.nucleus(1, 5, 9, END).withSamples(4);
        assertThatThrownBy(() -> new ContinuousDecoder<>(new ToyState(model), options, 3, 8))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("3 rows");
        var decoder = new ContinuousDecoder<>(new ToyState(model), options, 4, 8);
        assertThatThrownBy(() -> decoder.enter(0L, new int[] {9}, 0, done -> {}))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("id 9");
        decoder.enter(0L, new int[] {1}, 0, done -> {});
        assertThat(decoder.hasRoom()).isFalse();
        assertThatThrownBy(() -> decoder.enter(1L, new int[] {1}, 0, done -> {}))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("no room");
    }
}
