package io.medley.recipe.density;

import io.medley.checkpoint.Checkpoint;
import io.medley.flow.Flow;
import io.medley.image.ImageFiles;
import io.medley.image.RgbImage;
import io.medley.model.ModelWeights;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.Scenes;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.train.Batches;
import io.medley.train.Learner;
import io.medley.train.Losses;
import io.medley.train.Objective;
import io.medley.train.RunDirectory;
import io.medley.train.RunOptions;
import io.medley.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** Glow learnt from the drawn world: bits per dimension, exactness of the inverse, samples and interpolations. */
public final class GlowScenes {
    private static final int START_PICTURES = 64;
    private static final int TEST_PICTURES = 256;
    private static final int TEST_BATCH = 32;
    private static final double CLIP = 50;
    private static final long WARMUP = 50;

    /** Glow shows its samples at this temperature. */
    private static final double TEMPERATURE = 0.7;

    private static final int GRID = 8;
    private static final int INTERPOLATIONS = 6;
    private static final int INTERPOLATION_STEPS = 8;

    private final GlowScenesOptions options;
    private final Generator noise;
    private final Flow flow;
    private final Weights weights;

    private GlowScenes(GlowScenesOptions options, Generator noise, Weights weights, Flow flow) {
        this.options = options;
        this.noise = noise;
        this.weights = weights;
        this.flow = flow;
    }

    /** A flow that has not learnt anything, but whose layers have taken their start values from pictures; make it outside any scope. */
    public static GlowScenes fresh(GlowScenesOptions options) {
        var weights = Weights.random(options.seed());
        var noise = Generator.of(options.seed() + 1);
        var glow = new GlowScenes(options, noise, weights, options.config().build(weights, noise));
        try (var scope = Scope.open()) {
            glow.flow.initialize(glow.pictures(SceneSplit.TRAIN, 0, START_PICTURES));
        }
        return glow;
    }

    /**
     * A flow from a directory that a training has left.
     *
     * @throws MedleyException when it is none
     */
    public static GlowScenes load(Path directory) throws IOException {
        var recipe = ModelFolder.recipe(directory, List.of(new GlowScenesKind()));
        var options = recipe.as(GlowScenesOptions.class);
        var noise = Generator.of(options.seed() + 1);
        try (var checkpoint = Checkpoint.open(directory.resolve(ModelFolder.WEIGHTS))) {
            var built = ModelWeights.trainable(checkpoint, ModelWeights.Rules.STRICT, weights -> options.config()
                    .build(weights, noise));
            return new GlowScenes(options, noise, built.weights(), built.model());
        }
    }

    /** Whether a directory holds what {@link #load} reads, rather than a model of points. */
    public static boolean isIn(Path directory) throws IOException {
        return ModelFolder.config(directory).path("kind").asString("").equals(GlowScenesKind.NAME);
    }

    /** Trains, or goes on, or says that it is done; leaves the model, {@code samples.png}, {@code interpolations.png} and figures. */
    public static void train(GlowScenesOptions options, RunDirectory directory) throws IOException {
        if (ModelFolder.isFinished(directory)) {
            return;
        }
        var glow = fresh(options);
        try (var batches = glow.batches()) {
            directory.run(RunOptions.withSeed(options.seed())).train(glow.trainer(), glow.objective(), batches);
        }
        var folder = directory.folder();
        ModelFolder.save(folder, options.toJson(), glow.weights);
        glow.writeSamples(folder.resolve("samples.png"), options.seed() + 2);
        glow.writeInterpolations(folder.resolve("interpolations.png"));
        var result = glow.evaluate();
        directory.reporter().say("glow on scenes: " + result);
        ModelFolder.finish(folder, result.toJson());
    }

    /** Trains without files. */
    public GlowScenes run() throws IOException {
        try (var batches = batches()) {
            trainer().run(objective(), batches, result -> {});
        }
        return this;
    }

    private Trainer<Tensor> trainer() {
        return new Trainer<>(
                Learner.of(weights).with("noise", noise),
                new Trainer.Options(
                        options.steps(),
                        Schedule.cosine(options.learningRate(), options.learningRate() / 20, WARMUP, options.steps()),
                        AdamW.Options.withDecay(0),
                        CLIP));
    }

    private Objective<Tensor> objective() {
        double perDimension = Math.log(2) * 3 * options.imageSize() * options.imageSize();
        return (pictures, step) -> Losses.of("bits", flow.nll(pictures).div(perDimension));
    }

    private Batches<Tensor> batches() {
        int batch = options.batch();
        return Batches.computed("scenes", batch, number -> pictures(SceneSplit.TRAIN, number * batch, batch));
    }

    /**
     * What a flow has learnt.
     *
     * @param bitsPerDimension of pictures never trained on; 8 is what bytes take without any model
     * @param inverseError largest difference between pictures, scaled to [0, 1], and their way through the flow and back
     */
    public record Result(double bitsPerDimension, double inverseError) {
        ObjectNode toJson() {
            return JsonMapper.shared()
                    .createObjectNode()
                    .put("bits_per_dimension", bitsPerDimension)
                    .put("inverse_error", inverseError);
        }

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "%.3f bits per dimension (bytes take 8), inverse error %.1e",
                    bitsPerDimension,
                    inverseError);
        }
    }

    /** Measures on the validation split. */
    public Result evaluate() {
        return new Result(bitsPerDimension(), inverseError());
    }

    private double bitsPerDimension() {
        double sum = 0;
        for (int i = 0; i < TEST_PICTURES; i += TEST_BATCH) {
            try (var scope = Scope.open();
                    var off = NoGrad.open()) {
                sum += flow.bitsPerDimension(pictures(SceneSplit.VAL, i, TEST_BATCH)) * TEST_BATCH;
            }
        }
        return sum / TEST_PICTURES;
    }

    /** Measured behind dequantisation, whose way back rounds and would hide errors. */
    private double inverseError() {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var pictures = pictures(SceneSplit.VAL, 0, TEST_BATCH);
            var continuous = pictures.add(noise.uniform(pictures.shape())).div(256);
            var smooth = flow.continuous();
            var back = smooth.inverse(smooth.forward(continuous).value()).value();
            return back.sub(continuous).abs().reshape(-1).amax(0, false).item();
        }
    }

    /** Pictures drawn from the flow, in a grid. */
    public void writeSamples(Path png, long seed) throws IOException {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var drawn = flow.sample(Generator.of(seed), GRID * GRID, TEMPERATURE);
            write(png, drawn, GRID);
        }
    }

    /** Rows that go from one picture to another along a straight line between their latents. */
    public void writeInterpolations(Path png) throws IOException {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var ends = flow.toNoise()
                    .forward(pictures(SceneSplit.VAL, 0, 2 * INTERPOLATIONS))
                    .value();
            List<Tensor> rows = new ArrayList<>();
            for (int row = 0; row < INTERPOLATIONS; row++) {
                var from = ends.narrow(0, 2L * row, 1);
                var to = ends.narrow(0, 2L * row + 1, 1);
                for (int k = 0; k < INTERPOLATION_STEPS; k++) {
                    rows.add(from.add(to.sub(from).mul((double) k / (INTERPOLATION_STEPS - 1))));
                }
            }
            write(png, flow.toNoise().inverse(Tensor.cat(rows, 0)).value(), INTERPOLATION_STEPS);
        }
    }

    /** Scenes as (count, 3, S, S), whole numbers from 0 to 255. */
    private Tensor pictures(SceneSplit split, long first, int count) {
        int size = options.imageSize();
        var planes = new float[count * 3 * size * size];
        for (int i = 0; i < count; i++) {
            var rgb = Scenes.render(Scenes.of(split).scene(first + i), size).rgb();
            for (int p = 0; p < size * size; p++) {
                for (int c = 0; c < 3; c++) {
                    planes[(i * 3 + c) * size * size + p] = rgb[3 * p + c] & 0xFF;
                }
            }
        }
        return Tensor.of(planes, count, 3, size, size);
    }

    private static void write(Path png, Tensor pictures, int columns) throws IOException {
        int size = Math.toIntExact(pictures.size(2));
        int rows = Math.toIntExact((pictures.size(0) + columns - 1) / columns);
        int width = columns * size;
        var values = pictures.toFloats();
        var rgb = new byte[3 * width * rows * size];
        for (int i = 0; i < pictures.size(0); i++) {
            for (int p = 0; p < size * size; p++) {
                int x = i % columns * size + p % size;
                int y = i / columns * size + p / size;
                for (int c = 0; c < 3; c++) {
                    float value = values[(i * 3 + c) * size * size + p];
                    rgb[3 * (y * width + x) + c] = (byte) Math.round(Math.min(255, Math.max(0, value)));
                }
            }
        }
        ImageFiles.writePng(new RgbImage(width, rows * size, rgb), png);
    }
}
