package io.medley.train;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.decode.Decoder;
import io.medley.decode.DecodingOptions;
import io.medley.loss.HardNegatives;
import io.medley.model.blip.BlipConfig;
import io.medley.model.blip.BlipPretraining;
import io.medley.model.blip.BlipTokens;
import io.medley.model.med.MedConfig;
import io.medley.model.vit.VitConfig;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.tensor.DType;
import io.medley.tensor.Engine;
import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import org.junit.jupiter.api.Test;

/** Native memory is freed when a step or a caption is done: resident memory stays flat however many there are. */
class MemoryTest {
    private static final int BATCH = 8;
    private static final long MOST_GROWTH = 48L << 20;

    private final BlipConfig config = new BlipConfig(
            new VitConfig(32, 8, 96, 2, 4, 192, 1e-6), new MedConfig(120, 96, 2, 4, 192, 40, 96, 1e-12), 32, true, "");
    private final Weights weights = Weights.random(1);
    private final BlipPretraining model = new BlipPretraining(
            weights, config, new BlipTokens(118, 119, 0, 2, 3), new BlipPretraining.Options(4 * BATCH, 0.995));
    private final Generator generator = Generator.of(2);

    @Test
    void fiveHundredTrainingStepsLeaveMemoryFlat() throws IOException {
        // One step holds some 20 MB, so that even one lost tensor in a hundred would show.
        var resident = new ArrayList<Long>();
        var trainer = new Trainer<BlipPretraining.Batch>(
                Learner.of(weights),
                new Trainer.Options(600, Schedule.cosine(1e-3, 0, 10, 600), AdamW.Options.withDecay(0.05), 1));
        trainer.run(
                (batch, step) -> Losses.of(
                        "sum",
                        model.losses(batch, 0.4, HardNegatives.random(generator))
                                .total()),
                Batches.computed("noise", BATCH, n -> batch()),
                result -> resident.add(Engine.residentBytes()));
        assertThat(resident.get(599) - resident.get(99)).isLessThan(MOST_GROWTH);
    }

    @Test
    void fiveHundredCaptionsLeaveMemoryFlat() {
        for (int i = 0; i < 100; i++) {
            caption();
        }
        long before = Engine.residentBytes();
        for (int i = 0; i < 500; i++) {
            caption();
        }
        assertThat(Engine.residentBytes() - before).isLessThan(MOST_GROWTH);
    }

    private void caption() {
        var captioner = model.captioner();
        try (var scope = Scope.open();
                var off = NoGrad.open();
                var state = captioner.start(captioner.vision().forward(generator.normal(2, 3, 32, 32)), 20)) {
            var texts = Decoder.decode(
                    state,
                    new int[][] {{118}, {118}},
                    DecodingOptions.beam(3, 20, 3).withMinLength(5));
            assertThat(texts).hasSize(2);
        }
    }

    private BlipPretraining.Batch batch() {
        return new BlipPretraining.Batch(
                generator.normal(BATCH, 3, 32, 32),
                generator.uniform(BATCH, 12).mul(100).to(DType.INT64),
                Tensor.full(1, DType.INT64, BATCH, 12));
    }
}
