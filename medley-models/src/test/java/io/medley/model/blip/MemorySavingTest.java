package io.medley.model.blip;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.loss.Gather;
import io.medley.loss.GradientCache;
import io.medley.loss.HardNegatives;
import io.medley.model.med.MedConfig;
import io.medley.model.med.Sharing;
import io.medley.model.vit.VitConfig;
import io.medley.nn.ActivationCheckpoint;
import io.medley.nn.Weights;
import io.medley.tensor.DType;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** BLIP's pre-training gives the same losses and gradients when it saves memory: by checkpointing activations, by encoding in chunks, by both. */
class MemorySavingTest {
    private static final int BATCH = 5;
    private static final int LENGTH = 9;
    private static final BlipTokens TOKENS = new BlipTokens(58, 59, 0, 2, 3);
    private static final BlipConfig CONFIG = new BlipConfig(
            new VitConfig(32, 8, 24, 3, 4, 48, 1e-6), new MedConfig(60, 24, 2, 4, 48, 40, 24, 1e-12), 16, true, "");

    private Scope scope;

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** Losses, gradients and buffers after two steps; the second meets a moved queue. */
    private static Map<String, Tensor> twoSteps(boolean checkpointing, int chunk) {
        return twoSteps(CONFIG, checkpointing, chunk);
    }

    private static Map<String, Tensor> twoSteps(BlipConfig config, boolean checkpointing, int chunk) {
        var weights = Weights.random(7);
        var model = new BlipPretraining(
                weights, config, TOKENS, new BlipPretraining.Options(4 * BATCH, 0.9, new GradientCache(chunk)));
        model.startMomentum();
        var negatives = HardNegatives.random(Generator.of(8));
        var random = Generator.of(9);
        var results = new LinkedHashMap<String, Tensor>();
        for (int step = 0; step < 2; step++) {
            var ids = random.uniform(BATCH, LENGTH).mul(50).add(4).to(DType.INT64);
            var mask = Tensor.full(1, DType.INT64, BATCH, LENGTH);
            mask.narrow(0, 0, 2).narrow(1, 6, 3).fill_(0);
            var batch = new BlipPretraining.Batch(
                    random.normal(BATCH, 3, 32, 32), ids.maskedFill(mask.eq(0), TOKENS.pad()), mask);
            BlipPretraining.Losses losses;
            try (var saving = ActivationCheckpoint.open(checkpointing)) {
                losses = model.losses(batch, 0.4, negatives);
            }
            results.put(step + " itc", losses.itc());
            results.put(step + " itm", losses.itm());
            results.put(step + " lm", losses.lm());
            losses.total().backward();
        }
        weights.parameters().forEach((name, tensor) -> {
            var gradient = tensor.grad();
            results.put("gradient of " + name, gradient == null ? Tensor.zeros(0) : gradient);
        });
        weights.buffers().forEach((name, tensor) -> results.put(name, tensor.to(DType.FLOAT32)));
        return results;
    }

    /** The same of retrieval, where two texts are of one picture. */
    private static Map<String, Tensor> twoStepsOfRetrieval(int chunk) {
        var weights = Weights.random(7);
        var model = new BlipRetrieval(
                weights, CONFIG, TOKENS, new BlipRetrieval.Options(4 * BATCH, 0.9, true, new GradientCache(chunk)));
        model.startMomentum();
        var negatives = HardNegatives.random(Generator.of(8));
        var random = Generator.of(9);
        var results = new LinkedHashMap<String, Tensor>();
        for (int step = 0; step < 2; step++) {
            var batch = new BlipRetrieval.Batch(
                    random.normal(BATCH, 3, 32, 32),
                    random.uniform(BATCH, LENGTH).mul(50).add(4).to(DType.INT64),
                    Tensor.full(1, DType.INT64, BATCH, LENGTH),
                    Tensor.of(new long[] {0, 1, 1, 2, 3}, BATCH));
            var losses = model.losses(batch, 0.4, negatives, Gather.SINGLE);
            results.put(step + " itc", losses.itc());
            results.put(step + " itm", losses.itm());
            losses.total().backward();
        }
        weights.parameters().forEach((name, tensor) -> results.put("gradient of " + name, tensor.grad()));
        return results;
    }

    private static void same(Map<String, Tensor> actual, Map<String, Tensor> expected, double tolerance) {
        assertThat(actual.keySet()).isEqualTo(expected.keySet());
        expected.forEach((name, tensor) -> {
            assertThat(actual.get(name).shape()).as(name).isEqualTo(tensor.shape());
            if (tensor.numel() > 0) {
                assertThat(largest(actual.get(name).sub(tensor)))
                        .as(name)
                        .isLessThan(tolerance * Math.max(1, largest(tensor)));
            }
        });
        assertThat(expected.get("gradient of visual_encoder.blocks.0.attn.qkv.weight")
                        .abs()
                        .sum()
                        .item())
                .isGreaterThan(1e-2);
        assertThat(expected.get("gradient of temp").numel()).isEqualTo(1);
    }

    private static double largest(Tensor tensor) {
        return tensor.abs().reshape(-1).amax(0, false).item();
    }

    @Test
    void checkpointedActivations() {
        same(twoSteps(true, 0), twoSteps(false, 0), 1e-6);
    }

    @Test
    void chunkedBatches() {
        var whole = twoSteps(false, 0);
        same(twoSteps(false, 2), whole, 1e-5);
        same(twoSteps(true, 3), whole, 1e-5);
        same(twoSteps(false, BATCH + 1), whole, 1e-5);
    }

    /** In chunks, encoder and decoder each compute the keys and values of images; kept whole, they do so once if they share them. */
    @ParameterizedTest
    @EnumSource(Sharing.class)
    void chunkedBatchesWhateverIsShared(Sharing sharing) {
        var config = CONFIG.withSharing(sharing);
        same(twoSteps(config, false, 2), twoSteps(config, false, 0), 1e-5);
    }

    @Test
    void chunkedBatchesOfRetrieval() {
        same(twoStepsOfRetrieval(2), twoStepsOfRetrieval(0), 1e-5);
    }

    @Test
    void chunksMustBePositive() {
        assertThatThrownBy(() -> new GradientCache(-1)).isInstanceOf(MedleyException.class);
    }
}
