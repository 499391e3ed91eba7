package io.medley.recipe.density;

import io.medley.flow.Flow;
import io.medley.flow.GlowConfig;
import io.medley.image.ImageFiles;
import io.medley.image.RgbImage;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.Scenes;
import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.train.Batches;
import io.medley.train.Learner;
import io.medley.train.Losses;
import io.medley.train.Trainer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

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

    private final GlowConfig config;
    private final Generator noise;
    private final Flow flow;
    private final Weights weights;
    private final long seed;

    /** A flow with fresh parameters. */
    public GlowScenes(GlowConfig config, long seed) {
        this.config = config;
        this.seed = seed;
        this.noise = Generator.of(seed + 1);
        this.weights = Weights.random(seed);
        this.flow = config.build(weights, noise);
    }

    /**
     * What came out.
     *
     * @param bitsPerDimension of pictures never trained on; 8 is what bytes take
     * @param inverseError largest difference between pictures, scaled to [0, 1], and their way through the flow and back
     * @param seconds of training
     */
    public record Result(double bitsPerDimension, double inverseError, double seconds) {}

    /**
     * Trains and measures.
     *
     * @param listener told after every step; its losses are bits per dimension
     */
    public Result train(long steps, int batch, double learningRate, Trainer.Listener listener) throws IOException {
        try (var scope = Scope.open()) {
            flow.initialize(pictures(SceneSplit.TRAIN, 0, START_PICTURES));
        }
        long start = System.nanoTime();
        double perDimension = Math.log(2) * config.channels() * config.size() * config.size();
        var trainer = new Trainer<Tensor>(
                Learner.of(weights).with("noise", noise),
                new Trainer.Options(
                        steps,
                        Schedule.cosine(learningRate, learningRate / 20, WARMUP, steps),
                        AdamW.Options.withDecay(0),
                        CLIP));
        try (var batches =
                Batches.computed("scenes", batch, number -> pictures(SceneSplit.TRAIN, number * batch, batch))) {
            trainer.run((pictures, step) -> Losses.of("bits", flow.nll(pictures).div(perDimension)), batches, listener);
        }
        double seconds = (System.nanoTime() - start) / 1e9;
        return new Result(bitsPerDimension(), inverseError(), seconds);
    }

    public Flow flow() {
        return flow;
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
    public void writeSamples(Path png) throws IOException {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var drawn = flow.sample(Generator.of(seed + 2), GRID * GRID, TEMPERATURE);
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
        int size = config.size();
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
