package io.medley.bench;

import io.medley.loss.HardNegatives;
import io.medley.model.blip.BlipCaptioner;
import io.medley.model.blip.BlipConfig;
import io.medley.model.blip.BlipPretraining;
import io.medley.model.blip.BlipTokens;
import io.medley.model.med.MedConfig;
import io.medley.model.vit.VitConfig;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.FlatParameters;
import io.medley.optim.Grouping;
import io.medley.tensor.DType;
import io.medley.tensor.Generator;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The peers' training steps: forward, backward and AdamW, float32. For captions alone at their tiny size, 32 pictures of 64 pixels with 24 tokens
 * each; and the whole of BLIP's pre-training (ITC + ITM + LM, momentum copies, a queue of 64 batches, texts of 30 tokens) at that size and at
 * the size of the paper, 4 pictures of 224 pixels.
 */
final class TrainingTasks {
    private static final int BATCH = 32;
    private static final int TOKENS = 24;
    private static final int BASE_BATCH = 4;
    private static final int PRETRAINING_TOKENS = 30;
    private static final int QUEUED_BATCHES = 64;
    private static final int FIRST_WORD = 110;
    private static final BlipConfig CONFIG = new BlipConfig(
            new VitConfig(64, 8, 192, 6, 6, 4 * 192, 1e-6),
            new MedConfig(1000, 192, 4, 6, 4 * 192, 64, 192, 1e-12),
            256,
            true,
            "");
    private static final BlipTokens SPECIAL = new BlipTokens(998, 999, 0, 101, 102);
    private static final double RATE = 1e-5;

    /** Parameters with their optimizer. */
    private record Training(Runnable losses, FlatParameters parameters, AdamW optimizer) {
        Training(Runnable losses, Weights weights) {
            this(losses, new FlatParameters(weights.parameters(), Grouping.decayMatricesOnly()));
        }

        private Training(Runnable losses, FlatParameters parameters) {
            this(losses, parameters, new AdamW(parameters, AdamW.Options.withDecay(0.05)));
        }

        void step() {
            parameters.zeroGradients();
            try (var scope = Scope.open()) {
                losses.run();
                optimizer.step(RATE);
            }
        }
    }

    private final Generator generator;
    private @Nullable Training captioning;
    private @Nullable Training pretraining;
    private @Nullable Training basePretraining;

    TrainingTasks(long seed) {
        this.generator = Generator.of(seed);
    }

    private static Tensor words(int batch, int length) {
        var words = new long[batch * length];
        for (int i = 0; i < words.length; i++) {
            words[i] = i % length == 0 ? SPECIAL.cls() : FIRST_WORD + i * 7919L % (SPECIAL.dec() - FIRST_WORD);
        }
        return Tensor.of(words, batch, length);
    }

    // Three times the forward pass; the head reads every token.
    private static double captionFlop() {
        return 3
                * BATCH
                * (Flops.image(CONFIG.vision())
                        + Flops.imageMemory(CONFIG)
                        + Flops.text(CONFIG, TOKENS, TOKENS)
                        + Flops.head(CONFIG, TOKENS));
    }

    List<BenchTask> all() {
        return List.of(
                new BenchTask("train_tiny_b32", () -> captioning().step(), captionFlop(), BATCH),
                new BenchTask("pretrain_tiny_b32", () -> pretraining().step(), 0, BATCH),
                new BenchTask("pretrain_base_b4", () -> basePretraining().step(), 0, BASE_BATCH, true));
    }

    private Training captioning() {
        if (captioning == null) {
            var weights = Weights.random(1);
            var model = new BlipCaptioner(weights, CONFIG);
            var pixels = generator.normal(BATCH, 3, 64, 64);
            var ids = words(BATCH, TOKENS);
            var mask = Tensor.full(1, DType.INT64, BATCH, TOKENS);
            captioning = new Training(
                    () -> model.loss(model.vision().forward(pixels), ids, mask, ids)
                            .backward(),
                    weights);
        }
        return captioning;
    }

    private Training pretraining() {
        if (pretraining == null) {
            pretraining = pretraining(CONFIG, BATCH);
        }
        return pretraining;
    }

    private Training basePretraining() {
        if (basePretraining == null) {
            basePretraining = pretraining(BlipConfig.base(224), BASE_BATCH);
        }
        return basePretraining;
    }

    private Training pretraining(BlipConfig config, int batch) {
        var weights = Weights.random(1);
        var model = new BlipPretraining(
                weights, config, SPECIAL, new BlipPretraining.Options(QUEUED_BATCHES * batch, 0.995));
        model.startMomentum();
        var negatives = HardNegatives.random(Generator.of(2));
        int side = config.vision().imageSize();
        var pairs = new BlipPretraining.Batch(
                generator.normal(batch, 3, side, side),
                words(batch, PRETRAINING_TOKENS),
                Tensor.full(1, DType.INT64, batch, PRETRAINING_TOKENS));
        return new Training(() -> model.losses(pairs, 0.4, negatives).total().backward(), weights);
    }
}
