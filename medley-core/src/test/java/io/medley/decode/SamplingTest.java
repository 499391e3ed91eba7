package io.medley.decode;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.medley.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** Frequencies of many draws against the distribution that sorting and cutting the whole vocabulary gives. */
final class SamplingTest {
    private static final int END = 3;
    private static final int DRAWS = 20_000;

    private static void check(
            Function<long[], float[]> model, DecodingOptions options, int[] prompt, List<Continuation> drawn) {
        var sample = (Strategy.Sample) options.strategy();
        var prefix = Arrays.stream(prompt).asLongStream().toArray();
        var expected = new NaiveDecoder(model, options).distribution(prefix, sample);
        var counts = new int[expected.length];
        drawn.forEach(c -> counts[c.tokens()[0]]++);
        double chiSquare = 0;
        int freedom = -1;
        for (int v = 0; v < counts.length; v++) {
            if (expected[v] == 0) {
                assertThat(counts[v]).as("token %d is outside %s", v, options).isZero();
            } else {
                double mean = expected[v] * drawn.size();
                chiSquare += (counts[v] - mean) * (counts[v] - mean) / mean;
                freedom++;
            }
        }
        // Mean and spread of the chi-square distribution; five deviations and a little for few degrees of freedom.
        assertThat(chiSquare)
                .as("%s %s", options, Arrays.toString(counts))
                .isLessThan(freedom + 5 * Math.sqrt(2.0 * freedom) + 8);
        float[] logits = model.apply(prefix);
        var distribution =
                Decoder.distribution(Tensor.of(logits, 1, logits.length), new int[][] {prompt}, options, sample)[0];
        for (int v = 0; v < expected.length; v++) {
            assertThat((double) distribution[v]).isCloseTo(expected[v], within(1e-6));
        }
    }

    @Test
    void drawsFollowTheSortedDistribution() {
        int[] prompt = {1, 5, 5};
        int seed = 0;
        for (var strategy : List.of(
                new Strategy.Sample(1, 0, 1, 1),
                new Strategy.Sample(1, 0, 0.9, 1),
                new Strategy.Sample(1, 0, 0.5, 1),
                new Strategy.Sample(1, 0, 0.02, 1),
                new Strategy.Sample(0.7, 0, 0.8, 1),
                new Strategy.Sample(2.5, 0, 0.6, 1),
                new Strategy.Sample(1, 5, 1, 1),
                new Strategy.Sample(0.8, 6, 0.7, 1),
                new Strategy.Sample(1.5, 50, 0.9, 1))) {
            for (double penalty : new double[] {1, 1.5, 0.5}) {
                for (int min : new int[] {0, 4}) {
                    var model = new ToyState.Model(16, seed++, END, 2);
                    var options = new DecodingOptions(strategy, min, 4, penalty, DRAWS, END);
                    var drawn = Decoder.decode(new ToyState(model, 0), new int[][] {prompt}, options)
                            .get(0);
                    check(prefix -> model.logits(0, prefix), options, prompt, drawn);
                }
            }
        }
    }

    @Test
    void drawsOfLaterStepsFollowTheirPrefix() {
        var model = new ToyState.Model(6, 4, END, -1);
        var options = new DecodingOptions(new Strategy.Sample(1, 0, 0.8, 3), 0, 3, 1.2, DRAWS, END);
        var drawn = Decoder.decode(new ToyState(model, 0), new int[][] {{1}}, options)
                .get(0);
        for (int first = 0; first < 6; first++) {
            int token = first;
            var second = drawn.stream()
                    .filter(c -> c.tokens()[0] == token && c.tokens().length == 2)
                    .map(c -> new Continuation(
                            new int[] {1, token}, new int[] {c.tokens()[1]}, 0, new float[1], c.reason()))
                    .toList();
            if (second.size() > 500) {
                check(prefix -> model.logits(0, prefix), options, new int[] {1, token}, second);
            }
        }
    }

    @Test
    void tiesAtTheEndOfTheTopKAreAllKept() {
        float[] logits = {1, 0, 2, 0, 0, 0, -1, 0, 2, 0};
        var options =
                new DecodingOptions(new Strategy.Sample(1, 4, 1, 8), 0, 2, 1, DRAWS, DecodingOptions.NO_END_TOKEN);
        var drawn = Decoder.decode(new FixedState(logits), new int[][] {{6}}, options)
                .get(0);
        check(prefix -> logits.clone(), options, new int[] {6}, drawn);
        assertThat(drawn.stream().map(c -> c.tokens()[0]).distinct()).hasSize(9);
    }

    @Test
    void equalLogitsEnterTheNucleusInOrderOfIds() {
        var logits = new float[10];
        var options =
                new DecodingOptions(new Strategy.Sample(1, 0, 0.35, 8), 0, 2, 1, DRAWS, DecodingOptions.NO_END_TOKEN);
        var drawn = Decoder.decode(new FixedState(logits), new int[][] {{6}}, options)
                .get(0);
        check(prefix -> logits.clone(), options, new int[] {6}, drawn);
        assertThat(drawn.stream().mapToInt(c -> c.tokens()[0]).max()).hasValue(3);
    }

    @Test
    void aForbiddenEndOfNearlyAllMassLeavesTheRestAsItIs() {
        float[] logits = {0, 1, 2, 200, 0.5f, 1.5f};
        var single = new DecodingOptions(new Strategy.Sample(1.2, 0, 0.9, 8), 2, 2, 1, DRAWS, END);
        var drawn = Decoder.decode(new FixedState(logits), new int[][] {{0}}, single)
                .get(0);
        check(prefix -> logits.clone(), single, new int[] {0}, drawn);
    }

    @Test
    void streamsOfNeighboursDiffer() {
        var seen = new java.util.HashSet<Double>();
        for (int seed = 0; seed < 10; seed++) {
            for (int key = 0; key < 10; key++) {
                for (int sample = 0; sample < 10; sample++) {
                    var stream = new RandomStream(seed, key, sample);
                    for (int i = 0; i < 5; i++) {
                        double u = stream.next();
                        assertThat(u).isBetween(0.0, 1.0);
                        seen.add(u);
                    }
                }
            }
        }
        assertThat(seen).hasSize(5000);
    }

    /** Changing these would change every seeded result. */
    @Test
    void streamsAreThePublishedAlgorithms() {
        for (long seed = -3; seed < 4; seed++) {
            assertThat(RandomStream.mix(seed + 0x9e3779b97f4a7c15L))
                    .isEqualTo(new java.util.SplittableRandom(seed).nextLong());
        }
        assertThat(Decoder.key("a")).isEqualTo(0xaf63dc4c8601ec8cL);
        assertThat(Decoder.key("foobar")).isEqualTo(0x85944171f73967e8L);
    }

    /** The same logits whatever came before. */
    private record FixedState(float[] logits) implements DecoderState {
        @Override
        public int rows() {
            return 1;
        }

        @Override
        public int vocabularySize() {
            return logits.length;
        }

        @Override
        public Tensor advance(long[][] tokens) {
            return Tensor.of(logits, 1, logits.length);
        }

        @Override
        public void select(int[] rows) {
            throw new AssertionError("one step only");
        }

        @Override
        public void close() {}
    }
}
