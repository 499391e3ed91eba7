package io.medley.bootstrap;

import io.medley.data.Mixture;
import io.medley.data.Sample;
import io.medley.finetune.TuningInputs;
import io.medley.loss.HardNegatives;
import io.medley.model.LoadOptions;
import io.medley.model.ModelFiles;
import io.medley.model.blip.BlipPretraining;
import io.medley.model.blip.task.BlipDirectory.Part;
import io.medley.model.blip.task.BlipStart;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.recipe.ScenesPretraining;
import io.medley.tensor.Generator;
import io.medley.train.Learner;
import io.medley.train.Losses;
import io.medley.train.Recipe;
import io.medley.train.Reporter;
import io.medley.train.RunDirectory;
import io.medley.train.RunOptions;
import io.medley.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** BLIP's pre-training, ITC + ITM + LM with momentum copies and a queue, on pairs of any source; leaves a model that can be loaded. */
final class PairTraining {
    private static final double WARM_UP = 0.05;
    private static final double DECAY = 0.05;
    private static final double CLIP_NORM = 1;
    private static final double RAMP = 0.1;

    private final BootstrapSettings settings;
    private final Reporter reporter;

    PairTraining(BootstrapSettings settings, Reporter reporter) {
        this.settings = settings;
        this.reporter = reporter;
    }

    /**
     * Trains, or goes on.
     *
     * @param from the model whose weights it begins with
     * @param seed of order, draws, and weights that {@code from} lacks
     */
    void run(BootstrapSettings.Pretraining training, ModelFiles from, Mixture<Sample> pairs, long seed, Path folder)
            throws IOException {
        var recipe = Recipe.tree(training);
        recipe.put("from", from.name())
                .put("minScale", settings.minScale())
                .put("freeze", String.join(",", settings.freeze()))
                .put("bfloat16", settings.bfloat16())
                .put("seed", seed);
        try (var directory = RunDirectory.open(folder, recipe, reporter);
                var start = BlipStart.open(from, LoadOptions.DEFAULT)) {
            train(training, start, pairs, seed, directory);
        }
    }

    private void train(
            BootstrapSettings.Pretraining training,
            BlipStart start,
            Mixture<Sample> pairs,
            long seed,
            RunDirectory directory)
            throws IOException {
        var weights = Weights.random(seed);
        var model = new BlipPretraining(
                weights,
                start.config(),
                start.tokens(),
                new BlipPretraining.Options(training.queue(), training.momentum()));
        start.fill(weights, Part.PRETRAIN);
        model.startMomentum();
        var generator = Generator.of(seed + 1);
        var negatives = HardNegatives.random(generator);
        long warmUp = Math.max(1, Math.round(WARM_UP * training.steps()));
        var trainer = new Trainer<List<PairLoading.Pair>>(
                Learner.of(weights).with("negatives", generator).freeze(settings.freeze()),
                new Trainer.Options(
                                training.steps(),
                                Schedule.cosine(
                                        training.learningRate(),
                                        training.learningRate() / 100,
                                        warmUp,
                                        training.steps()),
                                AdamW.Options.withDecay(DECAY),
                                CLIP_NORM)
                        .withBfloat16(settings.bfloat16()));
        var loading = new PairLoading(new TuningInputs(start, settings.minScale()));
        var options = new RunOptions(
                settings.saveSeconds(), settings.saveSteps(), List.of(ScenesPretraining.ITM_PRIOR), seed);
        try (var batches = loading.batches(pairs, training.batch(), seed, reporter)) {
            directory
                    .run(options)
                    .train(
                            trainer,
                            (batch, step) -> {
                                // The momentum model's opinion counts once it has one.
                                double alpha = training.alpha() * Math.min(1, step.progress() / RAMP);
                                var losses = model.losses(loading.tensors(batch), alpha, negatives);
                                return Losses.of("itc", losses.itc())
                                        .and("itm", losses.itm())
                                        .and("lm", losses.lm());
                            },
                            batches);
        }
        start.write(directory.folder(), Part.PRETRAIN, weights.parameters(), List.of());
    }
}
