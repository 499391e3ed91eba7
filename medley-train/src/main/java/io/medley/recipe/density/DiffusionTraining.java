package io.medley.recipe.density;

import io.medley.diffusion.Coupling;
import io.medley.diffusion.DenoisingObjective;
import io.medley.diffusion.DiffusionSystem;
import io.medley.diffusion.Noise;
import io.medley.diffusion.OdeStepper;
import io.medley.diffusion.RungeKutta;
import io.medley.diffusion.Sampler;
import io.medley.diffusion.TimeGrid;
import io.medley.diffusion.TimeSampler;
import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.tensor.DType;
import io.medley.tensor.Generator;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.train.Batches;
import io.medley.train.Learner;
import io.medley.train.Losses;
import io.medley.train.Trainer;

/** Trains a {@link PointDiffusion} on data, on pairs of its own flow (reflow), or into one step (distillation). */
public final class DiffusionTraining {
    private static final double CLIP = 1;
    private static final int WARMUP = 50;

    /** Draws pairs of data and noise in the model's units, both (count, 2). */
    @FunctionalInterface
    public interface Source {
        Coupling.Pair draw(Generator generator, int count);
    }

    private DiffusionTraining() {}

    /** On its data. */
    public static PointTraining<PointDiffusion, PairBatch> onData(PointDiffusion model) {
        var data = ToyData.named(model.options().data());
        return training(
                model,
                model.system(),
                model.options().pairing(),
                (generator, count) -> new Coupling.Pair(
                        data.sample(generator, count).mul(model.scale()), generator.normal(count, 2)));
    }

    /** On pairs that belong together: reflow (Liu et al., 2023). */
    public static PointTraining<PointDiffusion, PairBatch> onPairs(PointDiffusion model, Coupling.Pair pairs) {
        return training(model, model.system(), Coupling.AS_GIVEN, rows(pairs));
    }

    /** Into one step: pairs, at the noise end of the path only. */
    public static PointTraining<PointDiffusion, PairBatch> intoOneStep(PointDiffusion model, Coupling.Pair pairs) {
        var end = new TimeSampler.Fixed(model.system().path().noiseTime());
        return training(model, model.system().withTimes(end), Coupling.AS_GIVEN, rows(pairs));
    }

    private static PointTraining<PointDiffusion, PairBatch> training(
            PointDiffusion model, DiffusionSystem system, Coupling coupling, Source source) {
        var options = model.options();
        var trainer = new Trainer<PairBatch>(
                Learner.of(model.weights()),
                new Trainer.Options(
                        options.steps(),
                        Schedule.cosine(options.learningRate(), options.learningRate() / 50, WARMUP, options.steps()),
                        AdamW.Options.withDecay(0),
                        CLIP));
        var batches = Batches.computed(options.data() + " for " + system.name(), options.batch(), number -> {
            var generator = Generator.of(options.seed() * 1_000_003 + number);
            return new PairBatch(source.draw(generator, options.batch()), generator);
        });
        var objective = new DenoisingObjective(system, coupling);
        return new PointTraining<>(
                model,
                trainer,
                (batch, step) -> Losses.of(
                        "denoising",
                        objective.loss(
                                model.network(),
                                batch.pair().data(),
                                batch.pair().noise(),
                                batch.generator())),
                batches);
    }

    private static Source rows(Coupling.Pair pairs) {
        long size = pairs.data().size(0);
        return (generator, count) -> {
            var index = generator.uniform(count).mul(size).to(DType.INT64);
            return new Coupling.Pair(
                    pairs.data().indexSelect(0, index), pairs.noise().indexSelect(0, index));
        };
    }

    /** Noise and where the model's flow carries it, in the model's units, owned by the caller. */
    public static Coupling.Pair pairs(PointDiffusion model, int count, int steps, long seed) {
        var sampler = new Sampler(OdeStepper.of(RungeKutta.HEUN), TimeGrid.uniform(), steps);
        try (var scope = Scope.open()) {
            var noise = Noise.seeded(seed, 0).normal(count, 2);
            var data = sampler.from(model.denoiser(), noise, Noise.none(), Sampler.Listener.NONE);
            return new Coupling.Pair(own(data), own(noise));
        }
    }

    private static Tensor own(Tensor tensor) {
        return Scope.own(tensor.to(DType.FLOAT32).copy());
    }
}
