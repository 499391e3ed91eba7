package io.medley.recipe.density;

import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.tensor.DType;
import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.train.Batches;
import io.medley.train.Learner;
import io.medley.train.Losses;
import io.medley.train.Objective;
import io.medley.train.Step;
import io.medley.train.Trainer;

/** Trains a {@link PointFlow}: maximum likelihood of samples, or a variational fit to an energy. */
public final class FlowTraining {
    private static final double CLIP = 5;
    private static final int WARMUP = 50;

    private FlowTraining() {}

    /** What the flow's options say. */
    public static PointTraining<PointFlow, Long> of(PointFlow model) {
        var options = model.options();
        var trainer = new Trainer<Long>(
                Learner.of(model.weights()),
                new Trainer.Options(
                        options.steps(),
                        Schedule.cosine(options.learningRate(), options.learningRate() / 100, WARMUP, options.steps()),
                        AdamW.Options.withDecay(0),
                        CLIP));
        var batches = Batches.computed(options.data() + " for " + options.model(), options.batch(), number -> number);
        var data = ToyData.named(options.data());
        Objective<Long> objective = options.fit() == FlowOptions.Fit.ENERGY
                ? (number, step) -> Losses.of(
                        "nats",
                        freeEnergies(model, draws(options, number), options.batch(), strength(options, step))
                                .mean())
                : (number, step) ->
                        Losses.of("nats", model.flow().nll(data.sample(draws(options, number), options.batch())));
        return new PointTraining<>(model, trainer, objective, batches);
    }

    /** Every batch draws from a stream of its own, so a run continues with the very batches it would have had. */
    private static Generator draws(FlowOptions options, long number) {
        return Generator.of(options.seed() * 1_000_003 + number);
    }

    /** ln q + strength·U of {@code count} samples of the flow, (count) with gradients: its mean is the free energy. */
    private static Tensor freeEnergies(PointFlow model, Generator generator, int count, double strength) {
        var drawn = model.flow().sampleWithDensity(generator, count);
        return drawn.logDensity().add(Ring.energy(drawn.value()).mul(strength));
    }

    /** The free energy of {@code count} samples against −ln Z, which no flow can be below: the excess is KL(flow ‖ exp(−U)/Z). */
    static LossFloor floor(PointFlow model, Generator generator, int count) {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var values = freeEnergies(model, generator, count, 1).to(DType.FLOAT64);
            double mean = values.mean().item();
            double variance = values.sub(mean).pow(2).mean().item();
            return new LossFloor(-Ring.LOG_Z, mean, mean + Ring.LOG_Z, Math.sqrt(variance / count));
        }
    }

    /** Rises from 1 % so that the flow spreads over all modes before it is drawn into one. */
    private static double strength(FlowOptions options, Step step) {
        return options.anneal() == 0 ? 1 : Math.min(1, 0.01 + step.progress() / options.anneal());
    }
}
