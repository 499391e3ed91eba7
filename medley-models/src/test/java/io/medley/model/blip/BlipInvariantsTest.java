package io.medley.model.blip;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.model.med.MedConfig;
import io.medley.model.vit.VitConfig;
import io.medley.nn.Weights;
import io.medley.tensor.Engine;
import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What must hold for any weights. */
class BlipInvariantsTest {
    private static final BlipTokens TOKENS = new BlipTokens(58, 59, 0, 2, 3);
    private static final BlipConfig CONFIG = new BlipConfig(
            new VitConfig(32, 8, 24, 2, 4, 48, 1e-6), new MedConfig(60, 24, 2, 4, 48, 40, 24, 1e-12), 16, true, "");
    private Scope scope;

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** Random weights, wider than usual so that inputs make a visible difference. */
    private static Weights weights(long seed) {
        return Weights.random(seed);
    }

    private static void widen(Weights weights) {
        try (var off = NoGrad.open()) {
            weights.parameters().values().stream().filter(t -> t.dim() > 1).forEach(t -> t.mul_(8));
            weights.parameters().values().forEach(t -> t.requiresGrad(false));
        }
    }

    private static BlipMatcher matcher() {
        var weights = weights(3);
        var matcher = new BlipMatcher(weights, CONFIG);
        widen(weights);
        return matcher;
    }

    private static BlipCaptioner captioner() {
        var weights = weights(4);
        var captioner = new BlipCaptioner(weights, CONFIG);
        widen(weights);
        return captioner;
    }

    private static Tensor pixels(int images) {
        return Generator.of(5).normal(images, 3, 32, 32);
    }

    private static Tensor ids(long... values) {
        return Tensor.of(values, 1, values.length);
    }

    private static void same(Tensor actual, Tensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        assertThat(actual.sub(expected).abs().amax(-1, false).sum().item()).isLessThan(1e-4);
        assertThat(expected.abs().sum().item()).isGreaterThan(0.1);
    }

    @Test
    void batchOfOneEqualsARowOfABatch() {
        var matcher = matcher();
        var pixels = pixels(3);
        var all = matcher.vision().forward(pixels);
        same(matcher.vision().forward(pixels.narrow(0, 1, 1)), all.narrow(0, 1, 1));
        var ids = Tensor.of(new long[] {59, 7, 8, 9, 3, 59, 10, 11, 12, 3, 59, 13, 14, 15, 3}, 3, 5);
        var logits = matcher.itmLogits(ids, null, matcher.memory(all));
        same(matcher.itmLogits(ids.narrow(0, 2, 1), null, matcher.memory(all.narrow(0, 2, 1))), logits.narrow(0, 2, 1));
    }

    @Test
    void paddingDoesNotChangeResults() {
        var matcher = matcher();
        var captioner = captioner();
        var embeds = matcher.vision().forward(pixels(1));
        var text = ids(2, 7, 8, 3);
        var padded = ids(2, 7, 8, 3, 0, 0, 0);
        var mask = ids(1, 1, 1, 1, 0, 0, 0);
        same(matcher.textFeatures(padded, mask), matcher.textFeatures(text, null));
        var memory = matcher.memory(embeds);
        same(matcher.itmLogits(padded, mask, memory), matcher.itmLogits(text, null, memory));
        same(captioner.logits(embeds, padded, mask).narrow(1, 0, 4), captioner.logits(embeds, text, ids(1, 1, 1, 1)));
    }

    @Test
    void theFirstTokenAloneIsThatOfAll() {
        var matcher = matcher();
        var texts = Tensor.of(new long[] {59, 7, 8, 3, 59, 9, 3, 0, 59, 10, 11, 3, 59, 12, 3, 0}, 4, 4);
        var mask = texts.ne(0).to(io.medley.tensor.DType.INT64);
        var memory = matcher.memory(matcher.vision().forward(pixels(2)));
        var text = matcher.text();
        same(
                text.encodeFirst(texts, mask, memory),
                text.encode(texts, mask, memory).select(1, 0));
        same(text.encodeFirst(texts, mask, null), text.encode(texts, mask, null).select(1, 0));
    }

    @Test
    void textsFoldedPerImageEqualSeparatePasses() {
        var matcher = matcher();
        var embeds = matcher.vision().forward(pixels(2));
        var texts = Tensor.of(new long[] {59, 7, 8, 3, 59, 9, 3, 0, 59, 10, 11, 3, 59, 12, 3, 0}, 4, 4);
        var mask = texts.ne(0).to(io.medley.tensor.DType.INT64);
        var folded = matcher.itmLogits(texts, mask, matcher.memory(embeds)); // texts 0, 1 with image 0; 2, 3 with 1
        for (int t = 0; t < 4; t++) {
            var memory = matcher.memory(embeds.narrow(0, t / 2, 1));
            same(matcher.itmLogits(texts.narrow(0, t, 1), mask.narrow(0, t, 1), memory), folded.narrow(0, t, 1));
        }
    }

    @Test
    void decodingWithDroppedRowsAndContextsEqualsFreshComputation() {
        var captioner = captioner();
        var embeds = captioner.vision().forward(pixels(3));
        try (var state = captioner.start(embeds, 12)) {
            state.advance(new long[][] {{58, 5}, {58, 5}, {58, 5}});
            state.select(new int[] {0, 0, 1, 1, 1, 2}); // unequal numbers of rows a context
            state.advance(new long[][] {{6}, {7}, {8}, {9}, {10}, {11}});
            state.select(new int[] {1, 4, 2}); // the third context leaves
            var logits = state.advance(new long[][] {{12}, {13}, {14}});
            long[][] texts = {{58, 5, 7, 12}, {58, 5, 10, 13}, {58, 5, 8, 14}};
            int[] images = {0, 1, 1};
            for (int r = 0; r < texts.length; r++) {
                var fresh =
                        captioner.logits(embeds.narrow(0, images[r], 1), ids(texts[r]), ids(1, 1, 1, 1)); // (1, 4, V)
                same(logits.narrow(0, r, 1), fresh.select(1, 3));
            }
        }
    }
}
