package io.medley.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

final class DecoderTest {
    private static final int END = 3;

    private static List<Long> tokens(Continuation c) {
        return Arrays.stream(c.tokens()).asLongStream().boxed().toList();
    }

    private static int[][] prompts(int contexts, int length, int vocabulary, Random random) {
        var prompts = new int[contexts][length];
        for (var prompt : prompts) {
            Arrays.setAll(prompt, i -> random.nextInt(vocabulary));
        }
        return prompts;
    }

    private static DecodingOptions randomOptions(Random random, Strategy strategy, int prompt, int samples) {
        int max = prompt + 1 + random.nextInt(9);
        int min = random.nextBoolean() ? 0 : random.nextInt(max + 1);
        double[] penalties = {1, 1, 1.3, 0.8};
        return new DecodingOptions(strategy, min, max, penalties[random.nextInt(4)], samples, END);
    }

    @Test
    void greedyEqualsTheNaiveDecoder() {
        var random = new Random(1);
        for (int run = 0; run < 150; run++) {
            int vocabulary = 5 + random.nextInt(20);
            var model = new ToyState.Model(vocabulary, run, END, random.nextInt(4));
            int contexts = 1 + random.nextInt(4);
            int length = 1 + random.nextInt(3);
            var options = randomOptions(random, new Strategy.Greedy(), length, 1);
            var prompts = prompts(contexts, length, vocabulary, random);
            var results = Decoder.decode(
                    new ToyState(model, LongStream.range(0, contexts).toArray()), prompts, options);
            for (int c = 0; c < contexts; c++) {
                int context = c;
                var naive = new NaiveDecoder(prefix -> model.logits(context, prefix), options);
                var result = results.get(c).get(0);
                assertThat(tokens(result)).as("run %d", run).isEqualTo(naive.greedy(longs(prompts[c])));
                boolean ended = result.tokens()[result.tokens().length - 1] == END;
                assertThat(result.reason()).isEqualTo(ended ? FinishReason.END_TOKEN : FinishReason.MAX_LENGTH);
            }
        }
    }

    @Test
    void beamSearchEqualsTheNaiveDecoderUnderAllRules() {
        var random = new Random(2);
        int early = 0;
        for (int run = 0; run < 400; run++) {
            int vocabulary = 5 + random.nextInt(16);
            var model = new ToyState.Model(vocabulary, run, END, random.nextInt(4));
            int beams = 2 + random.nextInt(4);
            var rules = BeamRules.values()[random.nextInt(3)];
            var stopping = EarlyStopping.values()[random.nextInt(rules == BeamRules.TRANSFORMERS_4_15 ? 2 : 3)];
            double[] lengthPenalties = {1, 0, 2, -1};
            var beam = new Strategy.Beam(beams, lengthPenalties[random.nextInt(4)], stopping, rules);
            int contexts = 1 + random.nextInt(4);
            int length = 1 + random.nextInt(3);
            var options = randomOptions(random, beam, length, 1 + random.nextInt(beams));
            var prompts = prompts(contexts, length, vocabulary, random);
            var state = new ToyState(model, LongStream.range(0, contexts).toArray());
            var results = Decoder.decode(state, prompts, options);
            for (int c = 0; c < contexts; c++) {
                int context = c;
                var expected = new NaiveDecoder(prefix -> model.logits(context, prefix), options)
                        .beam(longs(prompts[c]), beam);
                assertThat(results.get(c)).hasSameSizeAs(expected);
                for (int i = 0; i < expected.size(); i++) {
                    var result = results.get(c).get(i);
                    // Hypotheses that grew out of suppressed beams have scores of -1e9, where float32 has ties.
                    if (expected.get(i).score() > -1e6) {
                        assertThat(tokens(result))
                                .as("run %d %s", run, options)
                                .isEqualTo(expected.get(i).generated());
                        assertThat(result.score())
                                .isCloseTo(
                                        expected.get(i).score(), within(1e-5 * Math.max(1, Math.abs(result.score()))));
                    }
                    checkLogProbabilities(result, model, c);
                }
            }
            early += state.rowsPerPass.get(state.rowsPerPass.size() - 1) < contexts * beams ? 1 : 0;
        }
        assertThat(early).as("runs in which a context left the batch early").isGreaterThan(50);
    }

    private static void checkLogProbabilities(Continuation result, ToyState.Model model, int context) {
        var ids = longs(result.ids());
        for (int i = 0; i < result.tokens().length; i++) {
            int length = result.prompt().length + i;
            float[] logits = model.logits(context, Arrays.copyOf(ids, length));
            double sum = 0;
            for (float logit : logits) {
                sum += Math.exp(logit);
            }
            assertThat((double) result.logProbabilities()[i])
                    .isCloseTo(logits[(int) ids[length]] - Math.log(sum), within(1e-5));
        }
    }

    @Test
    void aWideBeamFindsTheBestOfAllSequences() {
        int vocabulary = 4;
        for (int seed = 0; seed < 20; seed++) {
            var model = new ToyState.Model(vocabulary, seed, END, 1);
            // Wide enough to hold everything: 3 + 9 + 27 sequences and their ends.
            var beam = new Strategy.Beam(64, 0, EarlyStopping.HEURISTIC, BeamRules.TRANSFORMERS_4_15);
            var options = new DecodingOptions(beam, 0, 4, 1, 1, END);
            var result = Decoder.decode(new ToyState(model, 0), new int[][] {{1}}, options)
                    .get(0)
                    .get(0);
            var best = best(model, new long[] {1}, 0, 4);
            assertThat(result.score()).isCloseTo(best.score(), within(1e-5));
            assertThat(tokens(result)).isEqualTo(best.generated());
        }
    }

    /** The most probable of all ways to go on. */
    private static NaiveDecoder.Result best(ToyState.Model model, long[] prefix, double sum, int maxLength) {
        if (prefix.length == maxLength || (prefix.length > 1 && prefix[prefix.length - 1] == END)) {
            return new NaiveDecoder.Result(Arrays.stream(prefix).skip(1).boxed().toList(), sum);
        }
        float[] logits = model.logits(0, prefix);
        double total = 0;
        for (float logit : logits) {
            total += Math.exp(logit);
        }
        NaiveDecoder.Result best = null;
        for (int v = 0; v < logits.length; v++) {
            var longer = Arrays.copyOf(prefix, prefix.length + 1);
            longer[prefix.length] = v;
            var result = best(model, longer, sum + logits[v] - Math.log(total), maxLength);
            best = best == null || result.score() > best.score() ? result : best;
        }
        return best;
    }

    @Test
    void oneBeamIsGreedyDecoding() {
        var model = new ToyState.Model(20, 5, END, 1);
        var prompts = new int[][] {{1, 2}, {4, 5}};
        var greedy = DecodingOptions.greedy(12, END).withRepetitionPenalty(1.4);
        assertThat(Decoder.decode(new ToyState(model, 0, 1), prompts, greedy.withStrategy(new Strategy.Beam(1))))
                .isEqualTo(Decoder.decode(new ToyState(model, 0, 1), prompts, greedy));
    }

    @Test
    void anEndInFirstPositionEndsAtOnceUnlessForbidden() {
        var model = new ToyState.Model(9, 7, END, 100);
        for (var options : List.of(
                DecodingOptions.greedy(9, END),
                DecodingOptions.beam(3, 9, END),
                DecodingOptions.nucleus(0.9, 1, 9, END))) {
            var result = Decoder.decode(new ToyState(model, 0), new int[][] {{1, 2}}, options)
                    .get(0)
                    .get(0);
            assertThat(result.tokens()).containsExactly(END);
            assertThat(result.ids()).containsExactly(1, 2, END);
            assertThat(result.reason()).isEqualTo(FinishReason.END_TOKEN);
            assertThat(result.logProbabilities()[0]).isCloseTo(0, within(1e-5f));
            var later = Decoder.decode(new ToyState(model, 0), new int[][] {{1, 2}}, options.withMinLength(5))
                    .get(0)
                    .get(0);
            // With three more tokens forced, the end token (probability nearly 1 everywhere) comes at length 5.
            assertThat(later.tokens()).hasSize(4).endsWith(END);
            assertThat(Arrays.copyOf(later.tokens(), 3)).doesNotContain(END);
        }
    }

    @Test
    void noEndTokenRunsToTheMaximum() {
        var model = new ToyState.Model(9, 7, END, 100);
        var options = new DecodingOptions(new Strategy.Beam(2), 0, 7, 1, 2, DecodingOptions.NO_END_TOKEN);
        var results = Decoder.decode(new ToyState(model, 0), new int[][] {{1}}, options)
                .get(0);
        assertThat(results).allSatisfy(r -> assertThat(r.ids()).hasSize(7));
        assertThat(results.get(0).tokens()).containsOnly(END);
    }

    @Test
    void aPromptOfTheMaximumLengthGeneratesNothing() {
        var model = new ToyState.Model(9, 7, END, 0);
        for (var options : List.of(
                DecodingOptions.greedy(2, END), DecodingOptions.beam(3, 2, END).withSamples(2))) {
            var results = Decoder.decode(new ToyState(model, 0), new int[][] {{1, 2}}, options)
                    .get(0);
            assertThat(results).hasSize(options.samples()).allSatisfy(r -> {
                assertThat(r.tokens()).isEmpty();
                assertThat(r.ids()).containsExactly(1, 2);
                assertThat(r.score()).isZero();
                assertThat(r.reason()).isEqualTo(FinishReason.MAX_LENGTH);
            });
        }
    }

    @Test
    void finishedRowsLeaveTheBatch() {
        var model = new ToyState.Model(12, 3, END, 2);
        var options = DecodingOptions.nucleus(1, 5, 30, END).withSamples(8);
        var state = new ToyState(model, 0, 1, 2);
        var results = Decoder.decode(state, new int[][] {{1}, {1}, {1}}, options);
        assertThat(state.rowsPerPass.get(0)).isEqualTo(3);
        for (int step = 1; step < state.rowsPerPass.size(); step++) {
            int at = step;
            long alive = results.stream()
                    .flatMap(List::stream)
                    .filter(c -> c.tokens().length > at)
                    .count();
            assertThat(state.rowsPerPass.get(step)).isEqualTo((int) alive);
        }
    }

    @Test
    void resultsDoNotDependOnTheBatch() {
        var model = new ToyState.Model(40, 11, END, 1);
        long[] keys = {Decoder.key("a.jpg"), Decoder.key("b.jpg"), Decoder.key("c.jpg")};
        var strategies = List.<Strategy>of(
                new Strategy.Greedy(),
                new Strategy.Beam(3),
                new Strategy.Sample(1.3, 0, 0.8, 9),
                new Strategy.Sample(0.7, 10, 0.9, 9));
        for (var strategy : strategies) {
            var options = new DecodingOptions(strategy, 3, 15, 1.1, 1, END);
            var together = Decoder.decode(
                    new ToyState(model, 70, 71, 72), new int[][] {{1}, {2}, {4}}, options, keys, DecodingListener.NONE);
            var reversed = Decoder.decode(
                    new ToyState(model, 72, 70),
                    new int[][] {{4}, {1}},
                    options,
                    new long[] {keys[2], keys[0]},
                    DecodingListener.NONE);
            assertThat(reversed.get(0)).isEqualTo(together.get(2));
            assertThat(reversed.get(1)).isEqualTo(together.get(0));
            if (strategy instanceof Strategy.Sample) {
                var more = Decoder.decode(
                        new ToyState(model, 71),
                        new int[][] {{2}},
                        options.withSamples(5),
                        new long[] {keys[1]},
                        DecodingListener.NONE);
                assertThat(more.get(0).get(0)).isEqualTo(together.get(1).get(0));
                assertThat(more.get(0).stream().distinct().count()).isGreaterThan(2);
            }
        }
    }

    @Test
    void tokensStreamToTheListenerInOrder() {
        var model = new ToyState.Model(30, 2, END, 1);
        var options = DecodingOptions.nucleus(0.95, 4, 20, END).withSamples(3);
        var events = new ArrayList<TokenEvent>();
        var results =
                Decoder.decode(new ToyState(model, 0, 1), new int[][] {{1}, {2}}, options, new long[] {0, 1}, event -> {
                    events.add(event);
                    return DecodingListener.Flow.CONTINUE;
                });
        for (int c = 0; c < 2; c++) {
            for (int j = 0; j < 3; j++) {
                int context = c;
                int sample = j;
                var own = events.stream()
                        .filter(e -> e.context() == context && e.sample() == sample)
                        .toList();
                var result = results.get(c).get(j);
                assertThat(own.stream().mapToInt(TokenEvent::token).toArray()).isEqualTo(result.tokens());
                assertThat(own.stream().mapToInt(TokenEvent::position).toArray())
                        .isEqualTo(
                                java.util.stream.IntStream.range(0, own.size()).toArray());
                assertThat(own.get(0).logProbability()).isEqualTo(result.logProbabilities()[0]);
            }
        }
    }

    @Test
    void theListenerStopsOneAndCancelsAll() {
        var model = new ToyState.Model(30, 2, DecodingOptions.NO_END_TOKEN, 0);
        var options = DecodingOptions.greedy(20, DecodingOptions.NO_END_TOKEN);
        var results = Decoder.decode(
                new ToyState(model, 0, 1, 2), new int[][] {{1}, {2}, {5}}, options, new long[3], event -> {
                    if (event.context() == 0 && event.position() == 2) {
                        return DecodingListener.Flow.STOP;
                    }
                    return event.context() == 1 && event.position() == 6
                            ? DecodingListener.Flow.CANCEL
                            : DecodingListener.Flow.CONTINUE;
                });
        assertThat(results.get(0).get(0).tokens()).hasSize(3);
        assertThat(results.get(0).get(0).reason()).isEqualTo(FinishReason.STOPPED);
        assertThat(results.get(1).get(0).tokens()).hasSize(7);
        assertThat(results.get(1).get(0).reason()).isEqualTo(FinishReason.CANCELLED);
        assertThat(results.get(2).get(0).tokens()).hasSize(6);
        assertThat(results.get(2).get(0).reason()).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void aBeamSearchCanBeCancelled() {
        var model = new ToyState.Model(30, 2, DecodingOptions.NO_END_TOKEN, 0);
        var listener = new DecodingListener() {
            @Override
            public Flow onToken(TokenEvent event) {
                throw new AssertionError("a beam search has no tokens before its end");
            }

            @Override
            public boolean cancelled(int length) {
                return length == 6;
            }
        };
        var options = DecodingOptions.beam(3, 20, DecodingOptions.NO_END_TOKEN);
        var result = Decoder.decode(new ToyState(model, 0), new int[][] {{1}}, options, new long[1], listener)
                .get(0)
                .get(0);
        assertThat(result.ids()).hasSize(6);
        assertThat(result.reason()).isEqualTo(FinishReason.CANCELLED);
    }

    @Test
    void paddingMakesTheRectangleOfGenerate() {
        var a = new Continuation(new int[] {1}, new int[] {5, 3}, 0, new float[2], FinishReason.END_TOKEN);
        var b = new Continuation(new int[] {1}, new int[] {5, 6, 7}, 0, new float[3], FinishReason.MAX_LENGTH);
        assertThat(Continuation.padded(List.of(a, b), 0)).isDeepEqualTo(new long[][] {{1, 5, 3, 0}, {1, 5, 6, 7}});
    }

    @Test
    void refusesBadOptionsInOneLine() {
        refused(() -> new Strategy.Beam(0), "beams: 0");
        refused(() -> new Strategy.Beam(3, Double.NaN, EarlyStopping.FIRST, BeamRules.TRANSFORMERS_4_15), "NaN");
        refused(() -> new Strategy.Beam(3, 1, EarlyStopping.NEVER, BeamRules.TRANSFORMERS_4_15), "4.15");
        refused(() -> new Strategy.Sample(0, 0, 1, 0), "temperature: 0");
        refused(() -> new Strategy.Sample(Double.POSITIVE_INFINITY, 0, 1, 0), "temperature");
        refused(() -> new Strategy.Sample(Double.NaN, 0, 1, 0), "temperature: NaN");
        refused(() -> new Strategy.Sample(1, -1, 1, 0), "top-k: -1");
        refused(() -> new Strategy.Sample(1, 0, 1.01, 0), "top-p: 1.01");
        refused(() -> new Strategy.Sample(1, 0, 0, 0), "top-p: 0");
        refused(() -> new Strategy.Sample(1, 0, Double.NaN, 0), "top-p: NaN");
        var greedy = new Strategy.Greedy();
        refused(() -> new DecodingOptions(greedy, -1, 5, 1, 1, 3), "minimum length: -1");
        refused(() -> new DecodingOptions(greedy, 0, 0, 1, 1, 3), "maximum length: 0");
        refused(() -> new DecodingOptions(greedy, 6, 5, 1, 1, 3), "above the maximum");
        refused(() -> new DecodingOptions(greedy, 0, 5, 0, 1, 3), "repetition penalty: 0");
        refused(() -> new DecodingOptions(greedy, 0, 5, Double.NaN, 1, 3), "repetition penalty: NaN");
        refused(() -> new DecodingOptions(greedy, 0, 5, 1, 0, 3), "samples: 0");
        refused(() -> new DecodingOptions(greedy, 0, 5, 1, 2, 3), "greedy");
        refused(() -> new DecodingOptions(new Strategy.Beam(2), 0, 5, 1, 3, 3), "beams");
        refused(() -> new DecodingOptions(greedy, 0, 5, 1, 1, -2), "end token: -2");
    }

    @Test
    void refusesPromptsThatDoNotFit() {
        var model = new ToyState.Model(9, 7, END, 0);
        var options = DecodingOptions.greedy(3, END);
        refused(() -> Decoder.decode(new ToyState(model, 0), new int[][] {{}}, options), "empty");
        refused(
                () -> Decoder.decode(new ToyState(model, 0), new int[][] {{1, 2, 4, 5}}, options),
                "maximum length is 3");
        refused(() -> Decoder.decode(new ToyState(model, 0, 1), new int[][] {{1}, {1, 2}}, options), "prompt 1");
        refused(() -> Decoder.decode(new ToyState(model, 0), new int[][] {{9}}, options), "id 9");
        refused(() -> Decoder.decode(new ToyState(model, 0), new int[][] {{-1}}, options), "id -1");
        refused(() -> Decoder.decode(new ToyState(model, 0, 1), new int[][] {{1}}, options), "2 contexts");
        refused(
                () -> Decoder.decode(new ToyState(model, 0), new int[][] {{1}}, DecodingOptions.greedy(3, 9)),
                "end token: 9");
    }

    @Test
    void refusesLogitsThatAreNotFinite() {
        for (float bad : new float[] {Float.NaN, Float.POSITIVE_INFINITY}) {
            for (var options : List.of(
                    DecodingOptions.greedy(5, END),
                    DecodingOptions.beam(2, 5, END),
                    DecodingOptions.nucleus(0.9, 0, 5, END),
                    DecodingOptions.greedy(5, END).withStrategy(new Strategy.Sample(1, 3, 0.9, 0)))) {
                refused(() -> Decoder.decode(new BrokenState(bad), new int[][] {{1}}, options), "not finite");
            }
        }
    }

    private record BrokenState(float bad) implements DecoderState {
        @Override
        public int rows() {
            return 1;
        }

        @Override
        public int vocabularySize() {
            return 6;
        }

        @Override
        public Tensor advance(long[][] tokens) {
            return Tensor.of(new float[] {1, 2, bad, 0, 0, 0}, 1, 6);
        }

        @Override
        public void select(int[] rows) {}

        @Override
        public void close() {}
    }

    private static void refused(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String part) {
        assertThatThrownBy(call)
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining(part)
                .hasMessageNotContaining("\n");
    }

    private static long[] longs(int[] ids) {
        return Arrays.stream(ids).asLongStream().toArray();
    }
}
