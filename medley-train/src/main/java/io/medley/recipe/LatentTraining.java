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
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * Learns what to keep of the tokens of a trained image encoder so that pictures can be drawn from it; then, from that, to draw pictures in
 * which the encoder sees the same. Latents are noised before they are drawn, so that the decoder bears what a diffusion leaves unsettled; and
 * from the same latents a linear map must tell the encoder's last tokens, so that they go on saying what is shown.
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
    private final GenerationBatches batches;
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
        this.batches = GenerationBatches.ofPictures(options);
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
        stage("latent", Learner.of(weights), options.latentSteps(), 0, directory, this::latent);
        settle();
        var decoding = Learner.of(weights).freeze(List.of("encoder.*", "meaning.*"));
        stage("decoder", decoding, options.decoderSteps(), options.latentSteps(), directory, this::look);
    }

    private void stage(
            String name, Learner learner, long steps, long first, RunDirectory directory, Function<Item, Losses> losses)
            throws IOException {
        double rate = options.latentLearningRate();
        var trainer = new Trainer<Item>(
                learner.with("noise", generator),
                new Trainer.Options(
                        steps,
                        Schedule.cosine(rate, rate / 50, Math.min(WARMUP, steps), steps),
                        AdamW.Options.withDecay(0.01),
                        1.0));
        try (var items =
                Batches.<Item>numbered("scenes/train", options.latentBatch(), number -> batches.item(first + number))) {
            directory
                    .stage(name, RunOptions.withSeed(options.seed()))
                    .train(trainer, (item, step) -> losses.apply(item), items);
        }
    }

    private void settle() {
        try (var scope = Scope.open()) {
            var several = new ArrayList<Tensor>();
            for (int i = 0; i < SETTLING; i++) {
                try (var one = Scope.open()) {
                    several.add(one.keep(encoder.features(batches.seen(batches.pictures(batches.item(i))))));
                }
            }
            encoder.settle(Tensor.cat(several, 0));
        }
    }

    private Losses latent(Item item) {
        var pictures = batches.pictures(item); // (B, 3, S, S)
        var features = encoder.features(batches.seen(pictures)); // (B, N, 2·W)
        var cells = noisy(encoder.standardised(features)); // (B, N, D)
        var drawn = decoder.forward(LatentEncoder.grid(cells, options.latent()));
        long width = vision.config().width();
        return pixels(drawn, pictures)
                .and("meaning", unlike(meaning.forward(cells), features.narrow(-1, width, width)), MEANING);
    }

    private Losses look(Item item) {
        var pictures = batches.pictures(item); // (B, 3, S, S)
        var features = encoder.features(batches.seen(pictures)); // (B, N, 2·W)
        var drawn = decoder.forward(noisy(encoder.forward(features)));
        var seen = encoder.look(batches.seen(drawn.clamp(-1, 1))).chunk(2, -1); // twice (B, N, W)
        var meant = features.chunk(2, -1);
        return pixels(drawn, pictures).and("early", unlike(seen[0], meant[0])).and("late", unlike(seen[1], meant[1]));
    }

    private Tensor noisy(Tensor latent) {
        return latent.add(generator.normal(latent.shape()).mul(NOISE));
    }

    private static Losses pixels(Tensor drawn, Tensor pictures) {
        var off = drawn.sub(pictures);
        return Losses.of("absolute", off.abs().mean()).and("squared", off.pow(2).mean());
    }

    /** 1 − cosine, mean over all patches. */
    private static Tensor unlike(Tensor a, Tensor b) {
        return a.normalize(-1).mul(b.normalize(-1)).sum(-1, false).mean().neg().add(1);
    }
}
