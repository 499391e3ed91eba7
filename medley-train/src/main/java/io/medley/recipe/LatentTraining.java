package io.medley.recipe;

import io.medley.model.latent.LatentDecoder;
import io.medley.model.latent.LatentEncoder;
import io.medley.model.vit.VisionTransformer;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.recipe.GenerationBatches.Item;
import io.medley.tensor.DType;
import io.medley.tensor.Generator;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.train.Batches;
import io.medley.train.Learner;
import io.medley.train.Losses;
import io.medley.train.RunDirectory;
import io.medley.train.RunOptions;
import io.medley.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Learns what to keep of the tokens of a trained image encoder so that pictures can be drawn from it. Latents are noised before they are
 * drawn, so that the decoder bears what a diffusion leaves unsettled; and from the same latents a linear map must tell the encoder's last
 * tokens, so that they go on saying what is shown.
 *
 * <p>B pictures, N patches, W width of the image encoder, D channels of the latent.
 */
final class LatentTraining {
    /** Holds encoder map and decoder beside the model, for a run that starts from this one. */
    static final String FILE = "latent.safetensors";

    private static final double NOISE = 0.2 * LatentEncoder.DEVIATION;
    private static final double MEANING = 0.5;
    private static final int WARMUP = 50;

    /** Batches over which latents are standardised in the end. */
    private static final int SETTLING = 16;

    private final GenerationRecipeOptions options;
    private final VisionTransformer vision;
    private final Weights weights;
    private final LatentEncoder encoder;
    private final LatentDecoder decoder;
    private final Linear meaning;
    private final Generator generator;

    LatentTraining(GenerationRecipeOptions options, VisionTransformer vision, String early) {
        this.options = options;
        this.vision = vision;
        this.weights = Weights.random(options.seed() + 2);
        this.encoder = new LatentEncoder(weights.at("encoder"), vision, early, options.latent());
        this.decoder = new LatentDecoder(weights.at("decoder"), options.latent());
        this.meaning = new Linear(
                weights.at("meaning"),
                options.latent().channels(),
                vision.config().width());
        this.generator = Generator.of(options.seed() + 3);
    }

    /** Encodes once {@link #run} has returned. */
    LatentEncoder encoder() {
        return encoder;
    }

    /** The decoder's weights, under its own names. */
    Map<String, Tensor> decoder() {
        var own = new LinkedHashMap<String, Tensor>();
        weights.parameters().forEach((name, value) -> {
            if (name.startsWith("decoder.")) {
                own.put(name.substring("decoder.".length()), value);
            }
        });
        return own;
    }

    /** Trains, or copies what the run {@code start} has learnt; then nothing here is trained any more. */
    void run(RunDirectory directory) throws IOException {
        if (options.start().isEmpty()) {
            train(directory);
        } else {
            StartWeights.copy(Path.of(options.start()).resolve(FILE), weights.parameters());
        }
        WeightFile.save(directory.folder().resolve(FILE), weights.parameters(), DType.FLOAT32);
        weights.parameters().values().forEach(parameter -> parameter.requiresGrad(false));
    }

    private void train(RunDirectory directory) throws IOException {
        var batches = GenerationBatches.ofPictures(options);
        var trainer = new Trainer<Item>(
                Learner.of(weights).with("noise", generator),
                new Trainer.Options(
                        options.latentSteps(),
                        Schedule.cosine(
                                options.latentLearningRate(),
                                options.latentLearningRate() / 50,
                                Math.min(WARMUP, options.latentSteps()),
                                options.latentSteps()),
                        AdamW.Options.withDecay(0.01),
                        1.0));
        try (var items = Batches.numbered("scenes/train", options.latentBatch(), batches::item)) {
            directory
                    .stage("latent", RunOptions.withSeed(options.seed()))
                    .train(trainer, (item, step) -> losses(item, batches), items);
        }
        try (var scope = Scope.open()) {
            var several = new ArrayList<Tensor>();
            for (int i = 0; i < SETTLING; i++) {
                several.add(encoder.features(batches.seen(batches.item(i))));
            }
            encoder.settle(Tensor.cat(several, 0));
        }
    }

    private Losses losses(Item item, GenerationBatches batches) {
        var pictures = batches.pictures(item); // (B, 3, S, S)
        var features = encoder.features(batches.seen(item)); // (B, N, 2·W)
        var cells = encoder.standardised(features); // (B, N, D)
        var noisy = cells.add(generator.normal(cells.shape()).mul(NOISE));
        var off = decoder.forward(LatentEncoder.grid(noisy, options.latent())).sub(pictures);
        long width = vision.config().width();
        var told = meaning.forward(noisy).normalize(-1); // (B, N, W)
        var said = features.narrow(-1, width, width).normalize(-1);
        return Losses.of("absolute", off.abs().mean())
                .and("squared", off.pow(2).mean())
                .and("meaning", told.mul(said).sum(-1, false).mean().neg().add(1), MEANING);
    }
}
