package io.medley.recipe.density;

import io.medley.flow.Base;
import io.medley.flow.Flow;
import io.medley.flow.FlowConfig;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.train.Batches;
import io.medley.train.Learner;
import io.medley.train.Losses;
import io.medley.train.Trainer;
import java.io.IOException;

/** Flows over the plane, learnt from samples or from an energy, with the distance to what is possible. */
public final class FlowTraining {
    /** Enough to know a mean log-density difference to about 0.005 nats. */
    private static final int TEST_POINTS = 20_000;

    private static final int START_POINTS = 4096;
    private static final double CLIP = 5;

    /**
     * How long and how.
     *
     * @param steps optimizer steps
     * @param batch points per step
     * @param learningRate at the start; falls to 1 % along a cosine
     * @param seed of parameters, data and noise
     */
    public record Options(long steps, int batch, double learningRate, long seed) {
        public Options {
            if (steps < 1 || batch < 1 || !(learningRate > 0)) {
                throw new MedleyException("flow training: steps " + steps + ", batch " + batch + " and learning rate "
                        + learningRate + " must be positive");
            }
        }
    }

    /**
     * What came out.
     *
     * @param flow the trained flow
     * @param reached negative log-likelihood of fresh samples, or free energy; nats
     * @param floor the least that is possible, for the very same points where there are such
     * @param seconds of training
     */
    public record Result(Flow flow, double reached, double floor, double seconds) {
        /** The Kullback-Leibler divergence between data and flow, as estimated; nats. */
        public double excess() {
            return reached - floor;
        }
    }

    private FlowTraining() {}

    /** Maximum likelihood on samples of a data set. */
    public static Result maximumLikelihood(FlowConfig config, ToyData data, Options options) throws IOException {
        var weights = Weights.random(options.seed);
        var generator = Generator.of(options.seed + 1);
        var flow = config.build(weights, generator);
        try (var scope = Scope.open()) {
            flow.initialize(data.sample(generator, START_POINTS));
        }
        double seconds =
                train(weights, generator, options, data.name(), () -> flow.nll(data.sample(generator, options.batch)));
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var points = data.sample(generator, TEST_POINTS);
            return new Result(flow, flow.nll(points).item(), -data.meanLogDensity(points), seconds);
        }
    }

    /**
     * Variational fit to {@link RingEnergy}: minimises the free energy E[ln q + U] of the flow's own samples. The configuration is used the
     * other way round, its closed-form direction leading from noise to samples.
     */
    public static Result ringEnergy(FlowConfig config, Options options) throws IOException {
        var weights = Weights.random(options.seed);
        var generator = Generator.of(options.seed + 1);
        var flow = new Flow(config.build(weights, generator).toNoise().inverted(), new Base.StandardNormal(2));
        double seconds =
                train(weights, generator, options, "ring energy", () -> freeEnergy(flow, generator, options.batch));
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            return new Result(flow, freeEnergy(flow, generator, TEST_POINTS).item(), -RingEnergy.LOG_Z, seconds);
        }
    }

    private static Tensor freeEnergy(Flow flow, Generator generator, int count) {
        var drawn = flow.sampleWithDensity(generator, count);
        return drawn.logDensity().add(RingEnergy.of(drawn.value())).mean();
    }

    private interface Loss {
        Tensor next();
    }

    private static double train(Weights weights, Generator generator, Options options, String data, Loss loss)
            throws IOException {
        long start = System.nanoTime();
        var trainer = new Trainer<Long>(
                Learner.of(weights).with("draws", generator),
                new Trainer.Options(
                        options.steps,
                        Schedule.cosine(options.learningRate, options.learningRate / 100, options.steps),
                        AdamW.Options.withDecay(0),
                        CLIP));
        try (var batches = Batches.computed(data, options.batch, number -> number)) {
            trainer.run((number, step) -> Losses.of("nats", loss.next()), batches, result -> {});
        }
        return (System.nanoTime() - start) / 1e9;
    }
}
