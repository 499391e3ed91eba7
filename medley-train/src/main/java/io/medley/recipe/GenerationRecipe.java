package io.medley.recipe;

import io.medley.Models;
import io.medley.diffusion.Coupling;
import io.medley.diffusion.DenoisingObjective;
import io.medley.diffusion.DiffusionSystem;
import io.medley.diffusion.TimeSampler;
import io.medley.model.LoadOptions;
import io.medley.model.blip.task.BlipDirectory.Part;
import io.medley.model.blip.task.BlipStart;
import io.medley.model.dit.DitConfig;
import io.medley.model.dit.task.CaptionedDit;
import io.medley.model.dit.task.DitDirectory;
import io.medley.model.med.MedEncoder;
import io.medley.model.vit.VisionTransformer;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.recipe.GenerationBatches.Item;
import io.medley.scenes.SceneVocabulary;
import io.medley.tensor.DType;
import io.medley.tensor.Engine;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import io.medley.text.Tokenizer;
import io.medley.text.WordPieceOptions;
import io.medley.text.WordPieceTokenizer;
import io.medley.train.Batches;
import io.medley.train.Learner;
import io.medley.train.Losses;
import io.medley.train.RunDirectory;
import io.medley.train.RunOptions;
import io.medley.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Trains a transformer to draw scenes from their captions, and writes the directory that {@code Medley.load} opens. */
public final class GenerationRecipe {
    private static final String ENCODER = "visual_encoder";
    private static final String WEIGHTS = "model.safetensors";
    private static final int WARMUP = 100;
    private static final double DECAY = 0.01;

    /** Runs of some thousand steps are over before the usual 0.999 has forgotten their beginning. */
    private static final double SECOND_MOMENTS = 0.99;

    private final GenerationRecipeOptions options;
    private final DitDirectory kind;
    private final Tokenizer tokenizer;
    private final Weights weights;
    private final CaptionedDit model;
    private final @Nullable LatentTraining latent;
    private final GenerationBatches batches;
    private final DenoisingObjective objective;
    private final Generator generator;

    private GenerationRecipe(GenerationRecipeOptions options, @Nullable BlipStart teacher) {
        this.options = options;
        this.tokenizer = teacher == null
                ? WordPieceTokenizer.of(SceneVocabulary.tokens(), WordPieceOptions.BLIP)
                : teacher.tokenizer();
        this.kind = kind(options, teacher, tokenizer.vocabSize());
        this.weights = Weights.random(options.seed());
        this.model = new CaptionedDit(weights, kind);
        this.batches = GenerationBatches.ofCaptions(options);
        this.latent = teacher != null && options.hasLatent() ? latent(options, teacher) : null;
        if (teacher != null) {
            read(teacher);
        }
        this.objective = new DenoisingObjective(system(options), Coupling.AS_GIVEN);
        this.generator = Generator.of(options.seed() + 1);
    }

    private static DitDirectory kind(GenerationRecipeOptions options, @Nullable BlipStart teacher, int vocabulary) {
        int length = GenerationRecipeOptions.CAPTION_LENGTH;
        if (teacher == null) {
            var condition = new DitConfig.Captions(vocabulary, length, options.captionDepth());
            return DitDirectory.reading(options.model(condition), options.dit());
        }
        var reader = teacher.config().text();
        return new DitDirectory(
                options.model(new DitConfig.Features(reader.width())),
                options.dit(),
                length,
                Optional.of(reader),
                options.hasLatent() ? Optional.of(options.latent()) : Optional.empty());
    }

    private static DiffusionSystem system(GenerationRecipeOptions options) {
        var system = options.dit().diffusion(options.mostWeight());
        // Where noise and data weigh alike most is to be learnt (Esser et al., 2024).
        return system.name().equals("rectified-flow")
                ? system.withTimes(new TimeSampler.LogitNormal(options.timeMean(), 1))
                : system;
    }

    /** The latent of the teacher's image encoder, which is not trained. */
    private static LatentTraining latent(GenerationRecipeOptions options, BlipStart teacher) {
        var own = Weights.random(0);
        var config = teacher.config().vision();
        if (config.imageSize() != options.imageSize() || config.patchSize() != options.patchSize()) {
            throw new MedleyException("scenes-generate: " + teacher.name() + " sees " + config.imageSize()
                    + " pixels in patches of " + config.patchSize() + ", so imageSize " + options.imageSize()
                    + " and patchSize " + options.patchSize() + " must be these where latentChannels is not 0");
        }
        if (options.latentBlock() > config.depth()) {
            throw new MedleyException("scenes-generate: latentBlock " + options.latentBlock() + ", but "
                    + teacher.name() + " has " + config.depth() + " blocks");
        }
        var vision = new VisionTransformer(own.at(ENCODER), config);
        fill(teacher, own);
        return new LatentTraining(options, vision, ENCODER + ".blocks." + (options.latentBlock() - 1));
    }

    /** Copies the teacher's text transformer into the model's. */
    private void read(BlipStart teacher) {
        var own = Weights.random(0);
        var unused = new MedEncoder(own.at(CaptionedDit.TEXT), teacher.config().text());
        fill(teacher, own);
        keep(own.parameters(), "");
    }

    /** Copies tensors that are not trained with the network into the model, where they are called {@code prefix} and their name. */
    private void keep(Map<String, Tensor> tensors, String prefix) {
        try (var off = NoGrad.open()) {
            tensors.forEach(
                    (name, value) -> Objects.requireNonNull(weights.buffers().get(prefix + name), name)
                            .copy_(value));
        }
    }

    private static void fill(BlipStart teacher, Weights into) {
        teacher.fill(into, Part.PRETRAIN);
        into.parameters().values().forEach(parameter -> parameter.requiresGrad(false));
    }

    /**
     * Runs the recipe.
     *
     * @param directory gets {@code model.safetensors} (the averaged weights), {@code vocab.txt}, {@code config.json}, metrics
     */
    public static void run(GenerationRecipeOptions options, RunDirectory directory) throws IOException {
        Engine.setThreads(options.threads());
        if (options.teacher().isEmpty()) {
            new GenerationRecipe(options, null).train(directory);
            SceneVocabulary.write(directory.folder().resolve("vocab.txt"));
            return;
        }
        var files = Models.registry().find(options.teacher());
        try (var teacher = BlipStart.open(files, LoadOptions.DEFAULT)) {
            new GenerationRecipe(options, teacher).train(directory);
            Files.copy(
                    files.require("vocab.txt"),
                    directory.folder().resolve("vocab.txt"),
                    StandardCopyOption.REPLACE_EXISTING);
        }
    }

    private void train(RunDirectory directory) throws IOException {
        if (!options.start().isEmpty()) {
            StartWeights.copy(Path.of(options.start()).resolve(WEIGHTS), weights.parameters());
        }
        if (latent != null) {
            latent.run(directory);
            keep(latent.decoder(), CaptionedDit.DECODER + ".");
        }
        var trainer = new Trainer<Item>(
                Learner.of(weights).with("noise", generator),
                new Trainer.Options(
                                options.steps(),
                                Schedule.cosine(
                                        options.learningRate(),
                                        options.learningRate() / 20,
                                        Math.min(WARMUP, options.steps()),
                                        options.steps()),
                                new AdamW.Options(0.9, SECOND_MOMENTS, 1e-8, DECAY),
                                1.0)
                        .withAverage(options.average())
                        .withBfloat16(options.bfloat16()));
        try (var items = Batches.numbered("scenes/train", options.batch(), batches::item)) {
            directory.run(RunOptions.withSeed(options.seed())).train(trainer, (item, step) -> losses(item), items);
        }
        var kept = new LinkedHashMap<>(trainer.averaged());
        kept.keySet().retainAll(weights.parameters().keySet());
        kept.putAll(weights.buffers());
        var folder = directory.folder();
        WeightFile.save(folder.resolve(WEIGHTS), kept, DType.FLOAT16);
        kind.write(folder);
    }

    private Losses losses(Item item) {
        var told = model.told(tokenizer, item.captions());
        var loss = objective.loss((x, t) -> model.network().forward(x, t, told), drawn(item), generator);
        return Losses.of(options.system(), loss);
    }

    /** What the network is to draw: pictures, or what becomes of them in the latent. */
    private Tensor drawn(Item item) {
        if (latent == null) {
            return batches.pictures(item);
        }
        var encoder = latent.encoder();
        return encoder.forward(encoder.features(batches.seen(batches.pictures(item))));
    }
}
