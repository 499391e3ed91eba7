package io.medley.recipe;

import io.medley.loss.Gather;
import io.medley.loss.HardNegatives;
import io.medley.model.blip.BlipPretraining;
import io.medley.model.blip.BlipTokens;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.scenes.SceneSplit;
import io.medley.tensor.Autocast;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import io.medley.text.WordPieceTokenizer;
import io.medley.train.Batches;
import io.medley.train.Learner;
import io.medley.train.Losses;
import io.medley.train.PlateauWatch;
import io.medley.train.RunDirectory;
import io.medley.train.RunOptions;
import io.medley.train.Trainer;
import java.io.IOException;
import java.util.Map;

/** BLIP's pre-training, ITC + ITM + LM with momentum and queue, on pictures of the small world with one of their captions each. */
public final class ScenesPretraining {
    /** ITM is −⅓·ln ⅓ − ⅔·ln ⅔ while it tells nothing but that one pair in three is right. */
    public static final PlateauWatch ITM_PRIOR = new PlateauWatch(
            "itm",
            0.6365,
            0.005,
            50,
            200,
            "it predicts the prior of one right pair in three; train longer, or start from a better image encoder");

    private final ScenesOptions options;
    private final WordPieceTokenizer tokenizer;
    private final ScenePairs pairs;

    ScenesPretraining(ScenesOptions options, WordPieceTokenizer tokenizer) {
        this.options = options;
        this.tokenizer = tokenizer;
        this.pairs = new ScenePairs(
                SceneSplit.TRAIN,
                tokenizer,
                options.imageSize(),
                options.batch(),
                options.firstPicture(0),
                this::caption);
    }

    /** Trains from a started image encoder and returns the weights that are used afterwards: everything but momentum copies and queues. */
    Map<String, Tensor> run(Map<String, Tensor> vision, RunDirectory directory) throws IOException {
        var world = directory.world();
        if (options.queue() % (options.batch() * world.size()) != 0) {
            throw new MedleyException("scenes recipe: queue " + options.queue() + " is not a multiple of batch "
                    + options.batch() + " times " + world.size() + " processes; change one of them");
        }
        var weights = Weights.random(options.seed());
        var model = new BlipPretraining(
                weights,
                options.model(tokenizer.vocabSize()),
                tokens(tokenizer),
                new BlipPretraining.Options(options.queue(), 0.995));
        StartWeights.copy(options, "model.safetensors", weights.parameters());
        try (var off = NoGrad.open()) {
            vision.forEach((name, start) -> weights.parameter(name).copy_(start));
        }
        model.startMomentum();
        var generator = Generator.of(options.seed() + 1);
        var negatives = HardNegatives.random(generator);
        var trainer = new Trainer<ScenePairs.Pairs>(
                Learner.of(weights).with("negatives", generator),
                new Trainer.Options(
                        options.pretrainSteps(),
                        Schedule.cosine(
                                options.learningRate(), options.learningRate() / 100, 150, options.pretrainSteps()),
                        AdamW.Options.withDecay(0.05),
                        1.0),
                world);
        var gather = world.gather();
        // Captions are chosen by step, so that a run comes out the same however many processes share its batch.
        try (var items = Batches.numbered(
                pairs.identity(), options.batch(), world.share(number -> pairs.pairs(number, number / world.size())))) {
            directory
                    .stage("pretrain", RunOptions.withSeed(options.seed()).watching(ITM_PRIOR))
                    .train(trainer, (item, step) -> losses(model, item, step.progress(), negatives, gather), items);
        }
        return weights.parameters();
    }

    private Losses losses(
            BlipPretraining model, ScenePairs.Pairs item, double progress, HardNegatives negatives, Gather gather) {
        try (var mixed = Autocast.bfloat16(options.bfloat16())) {
            // The momentum model's opinion counts once it has one: α ramps up over the first tenth.
            var losses = model.losses(pairs.batch(item), 0.4 * Math.min(1, progress * 10), negatives, gather);
            return Losses.of("itc", losses.itc()).and("itm", losses.itm()).and("lm", losses.lm());
        }
    }

    /** Any of the five captions; in the last quarter, the tuning for captions, always the one that names everything. */
    private int caption(long step, long index) {
        return step > 0.75 * options.pretrainSteps() ? 0 : (int) Math.floorMod(index * 31 + step, 5L);
    }

    static BlipTokens tokens(WordPieceTokenizer tokenizer) {
        return new BlipTokens(
                tokenizer.decId(), tokenizer.encId(), tokenizer.padId(), tokenizer.clsId(), tokenizer.sepId());
    }
}
