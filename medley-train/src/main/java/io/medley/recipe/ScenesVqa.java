package io.medley.recipe;

import io.medley.model.blip.BlipVqa;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.scenes.Question;
import io.medley.scenes.SceneSample;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.Scenes;
import io.medley.tensor.Autocast;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import io.medley.text.Padding;
import io.medley.text.TokenBatch;
import io.medley.text.WordPieceTokenizer;
import io.medley.train.Batches;
import io.medley.train.Learner;
import io.medley.train.Losses;
import io.medley.train.RunDirectory;
import io.medley.train.RunOptions;
import io.medley.train.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Map;

/**
 * Question answering on the small world, started from the pre-trained weights: the question encoder from the image-grounded encoder, the
 * answer decoder from the image-grounded decoder, as BLIP does.
 */
final class ScenesVqa {
    /** Questions asked about each picture of a batch; they share its keys and values. */
    private static final int QUESTIONS = 4;

    /** Pictures the small world's training has not used before: far from those of pre-training. */
    private static final long FIRST_INDEX = 1_000_000_000L;

    private record Item(float[] pixels, TokenBatch questions, TokenBatch answers) {}

    private final ScenesOptions options;
    private final WordPieceTokenizer tokenizer;
    private final SceneBatches batches;
    private final Scenes scenes = Scenes.of(SceneSplit.TRAIN);

    ScenesVqa(ScenesOptions options, WordPieceTokenizer tokenizer) {
        this.options = options;
        this.tokenizer = tokenizer;
        this.batches = new SceneBatches(options.imageSize());
    }

    /** Trains and returns the weights. */
    Map<String, Tensor> run(Map<String, Tensor> pretrained, RunDirectory directory) throws IOException {
        var weights = Weights.random(options.seed() + 2);
        var model = new BlipVqa(weights, options.model(tokenizer.vocabSize()), ScenesPretraining.tokens(tokenizer));
        int copied = start(weights.parameters(), pretrained);
        directory
                .reporter()
                .say("vqa starts from " + copied + " of " + weights.parameters().size() + " pre-trained tensors");
        var trainer = new Trainer<Item>(
                Learner.of(weights),
                new Trainer.Options(
                        options.vqaSteps(),
                        Schedule.cosine(
                                options.learningRate() / 2, options.learningRate() / 200, 50, options.vqaSteps()),
                        AdamW.Options.withDecay(0.05),
                        1.0),
                directory.world());
        try (var items = Batches.numbered(
                "scenes/train", options.batch(), directory.world().share(this::item))) {
            directory
                    .stage("vqa", RunOptions.withSeed(options.seed()))
                    .train(trainer, (item, step) -> Losses.of("vqa", loss(model, item)), items);
        }
        return weights.parameters();
    }

    /**
     * Copies what has the same name. The answer decoder's shared parts have no name of their own in pre-training, so they come from the
     * text encoder, with which pre-training shares them.
     */
    private static int start(Map<String, Tensor> parameters, Map<String, Tensor> pretrained) {
        int copied = 0;
        try (var off = NoGrad.open()) {
            for (var entry : parameters.entrySet()) {
                var name = entry.getKey();
                var source = pretrained.get(name);
                if (source == null) {
                    source = pretrained.get(name.replace("text_decoder.bert.", "text_encoder."));
                }
                if (source != null) {
                    entry.getValue().copy_(source);
                    copied++;
                }
            }
        }
        return copied;
    }

    private Tensor loss(BlipVqa model, Item item) {
        try (var mixed = Autocast.bfloat16(options.bfloat16())) {
            var memory = model.memory(model.vision().forward(batches.tensor(item.pixels)));
            var mask = SceneBatches.mask(item.questions);
            var states = model.questionStates(SceneBatches.ids(item.questions), mask, memory);
            long rows = states.size(0);
            return model.loss(
                    states,
                    mask,
                    SceneBatches.ids(item.answers),
                    SceneBatches.mask(item.answers),
                    Tensor.arange(rows),
                    Tensor.ones(rows));
        }
    }

    private Item item(long number) {
        var samples = new ArrayList<SceneSample>();
        var questions = new ArrayList<String>();
        var answers = new ArrayList<String>();
        int pictures = options.batch();
        for (int i = 0; i < pictures; i++) {
            long index = options.firstPicture(FIRST_INDEX) + number * pictures + i;
            var sample = scenes.sample(index, options.imageSize());
            samples.add(sample);
            for (int q = 0; q < QUESTIONS; q++) {
                Question question = sample.questions()
                        .get((int) ((index + q) % sample.questions().size()));
                questions.add(question.text());
                answers.add(question.answer());
            }
        }
        return new Item(
                batches.pixels(samples.stream().map(SceneSample::image).toList()),
                tokenizer.encode(questions, Padding.longest(ScenePairs.MAX_TEXT)),
                tokenizer.encode(answers, Padding.longest(ScenePairs.MAX_TEXT)));
    }
}
