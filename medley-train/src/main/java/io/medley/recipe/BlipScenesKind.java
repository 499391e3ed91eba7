package io.medley.recipe;

import io.medley.loss.Gather;
import io.medley.loss.HardNegatives;
import io.medley.model.blip.BlipPretraining;
import io.medley.model.blip.task.BlipDirectory;
import io.medley.model.blip.task.BlipDirectory.Part;
import io.medley.nn.Weights;
import io.medley.scenes.SceneVocabulary;
import io.medley.tensor.DType;
import io.medley.tensor.Generator;
import io.medley.text.WordPieceOptions;
import io.medley.text.WordPieceTokenizer;
import io.medley.train.Batches;
import io.medley.train.Learner;
import io.medley.train.Losses;
import io.medley.train.Recipe;
import io.medley.train.RecipeKind;
import io.medley.train.RunDirectory;
import io.medley.train.Step;
import io.medley.train.Trainer;
import io.medley.train.TrainingSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalInt;
import tools.jackson.databind.node.ObjectNode;

/** {@code blip-scenes}: BLIP's pre-training, ITC + ITM + LM with momentum and queue, on the small world; leaves a model that can be loaded. */
final class BlipScenesKind implements RecipeKind {
    @Override
    public String name() {
        return "blip-scenes";
    }

    @Override
    public ObjectNode defaults() {
        return Recipe.tree(
                TrainingSettings.of(60, 1e-3).watching(ScenesPretraining.ITM_PRIOR), BlipScenesSettings.defaults());
    }

    @Override
    public OptionalInt sceneSize(Recipe recipe) {
        return OptionalInt.of(recipe.as(BlipScenesSettings.class).model().imageSize());
    }

    @Override
    public void run(Recipe recipe, RunDirectory directory) throws IOException {
        var training = recipe.training();
        var settings = recipe.as(BlipScenesSettings.class);
        var world = directory.world();
        settings.check(world.size());
        var tokenizer = WordPieceTokenizer.of(SceneVocabulary.tokens(), WordPieceOptions.BLIP);
        var config = settings.config(tokenizer.vocabSize());

        var weights = Weights.random(training.seed());
        var model = new BlipPretraining(
                weights,
                config,
                ScenesPretraining.tokens(tokenizer),
                new BlipPretraining.Options(settings.queue(), settings.momentum()));
        if (!settings.imageEncoder().isEmpty()) {
            StartWeights.copy(Path.of(settings.imageEncoder()), StartWeights.imageEncoder(weights));
        }
        model.startMomentum();
        var generator = Generator.of(training.seed() + 1);
        var negatives =
                switch (settings.negatives()) {
                    case HARD -> HardNegatives.random(generator);
                    case RANDOM -> HardNegatives.uniform(generator);
                };
        var pairs = new ScenePairs(
                settings.split(),
                tokenizer,
                settings.model().imageSize(),
                settings.batch(),
                ScenesOptions.firstPictureOf(training.seed()),
                ScenePairs.Choice.any());
        Trainer<ScenePairs.Pairs> trainer = training.trainer(Learner.of(weights).with("negatives", generator), world);
        var gather = world.gather();

        try (var batches = Batches.numbered(
                pairs.identity(),
                settings.batch(),
                world.share(number -> pairs.pairs(number, number / world.size())))) {
            directory
                    .run(training.run())
                    .train(
                            trainer,
                            (item, step) -> losses(model, pairs.batch(item), alpha(settings, step), negatives, gather),
                            batches);
        }
        if (!world.isFirst()) {
            return;
        }
        SceneVocabulary.write(directory.folder().resolve("vocab.txt"));
        WeightFile.save(directory.folder().resolve("model.safetensors"), trainer.averaged(), DType.FLOAT32);
        new BlipDirectory(config, Map.of(Part.PRETRAIN, "model.safetensors")).write(directory.folder());
    }

    /** The momentum model's opinion counts once it has one: over the first tenth its weight grows. */
    private static double alpha(BlipScenesSettings settings, Step step) {
        return settings.alpha() * Math.min(1, step.progress() * 10);
    }

    private static Losses losses(
            BlipPretraining model, BlipPretraining.Batch batch, double alpha, HardNegatives negatives, Gather gather) {
        var losses = model.losses(batch, alpha, negatives, gather);
        return Losses.of("itc", losses.itc()).and("itm", losses.itm()).and("lm", losses.lm());
    }
}
