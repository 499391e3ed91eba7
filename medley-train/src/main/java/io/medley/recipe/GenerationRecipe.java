package io.medley.recipe;

import io.medley.diffusion.Coupling;
import io.medley.diffusion.DenoisingObjective;
import io.medley.diffusion.DiffusionSystem;
import io.medley.diffusion.TimeSampler;
import io.medley.model.dit.Dit;
import io.medley.model.dit.task.DitDirectory;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.SceneVocabulary;
import io.medley.scenes.Scenes;
import io.medley.tensor.DType;
import io.medley.tensor.Engine;
import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;
import io.medley.text.Padding;
import io.medley.text.TokenBatch;
import io.medley.text.WordPieceOptions;
import io.medley.text.WordPieceTokenizer;
import io.medley.train.Batches;
import io.medley.train.Learner;
import io.medley.train.Losses;
import io.medley.train.RunDirectory;
import io.medley.train.RunOptions;
import io.medley.train.Trainer;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;

/** Trains a transformer to draw scenes from their captions, and writes the directory that {@code Medley.load} opens. */
public final class GenerationRecipe {
    /** Pixels −1 to 1, three planes a picture; captions, some of them empty. */
    private record Item(float[] pixels, TokenBatch captions) {}

    private final GenerationRecipeOptions options;
    private final WordPieceTokenizer tokenizer = WordPieceTokenizer.of(SceneVocabulary.tokens(), WordPieceOptions.BLIP);
    private final Scenes scenes = Scenes.of(SceneSplit.TRAIN);
    private final DiffusionSystem system;

    private GenerationRecipe(GenerationRecipeOptions options) {
        this.options = options;
        var named = DiffusionSystem.named(options.system());
        // Where noise and data weigh alike most is to be learnt (Esser et al., 2024).
        this.system =
                named.name().equals("rectified-flow") ? named.withTimes(new TimeSampler.LogitNormal(0, 1)) : named;
    }

    /**
     * Runs the recipe.
     *
     * @param directory gets {@code model.safetensors} (the averaged weights), {@code vocab.txt}, {@code config.json}, metrics
     */
    public static void run(GenerationRecipeOptions options, RunDirectory directory) throws IOException {
        Engine.setThreads(options.threads());
        new GenerationRecipe(options).train(directory);
    }

    private void train(RunDirectory directory) throws IOException {
        var weights = Weights.random(options.seed());
        var config = options.model(tokenizer.vocabSize());
        var model = new Dit(weights, config);
        var generator = Generator.of(options.seed() + 1);
        var objective = new DenoisingObjective(system, Coupling.AS_GIVEN);
        var trainer = new Trainer<Item>(
                Learner.of(weights).with("noise", generator),
                new Trainer.Options(
                                options.steps(),
                                Schedule.cosine(
                                        options.learningRate(),
                                        options.learningRate() / 20,
                                        Math.min(100, options.steps()),
                                        options.steps()),
                                AdamW.Options.withDecay(0.01),
                                1.0)
                        .withAverage(options.average())
                        .withBfloat16(options.bfloat16()));
        try (var items = Batches.numbered("scenes/train", options.batch(), this::item)) {
            directory
                    .run(RunOptions.withSeed(options.seed()))
                    .train(
                            trainer,
                            (item, step) -> Losses.of(system.name(), loss(model, objective, item, generator)),
                            items);
        }
        var kept = new LinkedHashMap<>(trainer.averaged());
        kept.putAll(weights.buffers());
        var folder = directory.folder();
        WeightFile.save(folder.resolve("model.safetensors"), kept, DType.FLOAT16);
        SceneVocabulary.write(folder.resolve("vocab.txt"));
        new DitDirectory(config, options.system()).write(folder);
    }

    private Tensor loss(Dit model, DenoisingObjective objective, Item item, Generator generator) {
        long side = options.imageSize();
        var pictures = Tensor.of(item.pixels, options.batch(), 3, side, side);
        var told = model.captions(SceneBatches.ids(item.captions));
        return objective.loss((x, t) -> model.forward(x, t, told), pictures, generator);
    }

    /** Batch number n: pictures n·B, n·B + 1, …, each with one of its captions or none; a pure function of n. */
    private Item item(long number) {
        int side = options.imageSize();
        var pixels = new float[options.batch() * 3 * side * side];
        var captions = new ArrayList<String>();
        for (int i = 0; i < options.batch(); i++) {
            long index = number * options.batch() + i;
            planes(Scenes.render(scenes.scene(index), side).rgb(), pixels, i * 3 * side * side);
            // Golden-ratio steps spread the pictures without a caption evenly over all.
            boolean dropped = index * 0.6180339887498949 % 1 < options.dropCaption();
            captions.add(dropped ? "" : caption(index));
        }
        return new Item(pixels, tokenizer.encode(captions, Padding.to(GenerationRecipeOptions.CAPTION_LENGTH)));
    }

    /** Every other time the caption that names everything, else any other. */
    private String caption(long index) {
        var all = scenes.captions(index);
        return all.get(index % 2 == 0 ? 0 : (int) (index / 2 % all.size()));
    }

    private static void planes(byte[] rgb, float[] into, int offset) {
        int plane = rgb.length / 3;
        for (int i = 0; i < plane; i++) {
            for (int c = 0; c < 3; c++) {
                into[offset + c * plane + i] = (rgb[3 * i + c] & 0xff) / 127.5f - 1;
            }
        }
    }
}
