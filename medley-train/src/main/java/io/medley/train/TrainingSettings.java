package io.medley.train;

import io.medley.optim.AdamW;
import io.medley.optim.Grouping;
import io.medley.optim.LayerDecay;
import io.medley.optim.Schedule;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import io.medley.train.distributed.World;
import java.util.Collection;
import java.util.List;

/**
 * The settings every training has, as recipes write them.
 *
 * @param steps optimizer steps
 * @param seed of weights, order and draws
 * @param threads threads of one operation; 0 for one per physical core. With 1, runs are equal to the bit
 * @param precision float32, bfloat16, or auto: bfloat16 where the processor computes with it
 * @param optimizer AdamW's constants and groups
 * @param schedule learning rate over the steps
 * @param clipNorm largest norm of the gradients; 0 for no clipping
 * @param accumulate batches whose gradients make one step
 * @param average decay of the moving average of the weights; 0 for none
 * @param recompute activation checkpointing: activations are computed again in backward instead of kept, which saves memory for time
 * @param freeze patterns of parameters that are not trained, such as {@code visual_encoder.*}
 * @param checkpoint how often the state is saved
 * @param watch plateaus to warn of
 */
public record TrainingSettings(
        long steps,
        long seed,
        int threads,
        Precision precision,
        Optimizer optimizer,
        Rates schedule,
        double clipNorm,
        int accumulate,
        double average,
        boolean recompute,
        List<String> freeze,
        Checkpoints checkpoint,
        List<PlateauWatch> watch) {
    /** Arithmetic of linear maps; weights are float32 always. */
    public enum Precision {
        FLOAT32,
        BFLOAT16,
        AUTO
    }

    /** Course of the learning rate after the warm-up. */
    public enum Course {
        COSINE,
        LINEAR,
        STEP,
        CONSTANT
    }

    /**
     * AdamW.
     *
     * @param weightDecay per unit of learning rate
     * @param decayBiasAndNorm whether parameters with fewer than two dimensions decay too
     * @param layerDecay factor of the learning rate from one layer to the one below; 1 for none
     * @param layers prefix of the numbered layers, such as {@code visual_encoder.blocks}, for {@code layerDecay}
     */
    public record Optimizer(
            double beta1,
            double beta2,
            double eps,
            double weightDecay,
            boolean decayBiasAndNorm,
            double layerDecay,
            String layers) {}

    /**
     * Learning rates.
     *
     * @param course cosine or linear from {@code peak} to {@code last}; step: {@code rate} times less every {@code every} steps; constant
     * @param peak after the warm-up
     * @param last at the end, and never less
     * @param warmup steps of a straight line from 0 to {@code peak}, as many epochs as that may be; below 1, that share of all steps
     * @param rate factor of {@code step}
     * @param every steps between changes; 1 changes at every step, the steps of an epoch give the staircases of the originals
     */
    public record Rates(Course course, double peak, double last, double warmup, double rate, long every) {
        public Rates {
            if (!(peak >= 0 && last >= 0) || !(warmup >= 0) || every < 1 || !(rate > 0)) {
                throw new MedleyException("schedule: peak " + peak + ", last " + last + " and warmup " + warmup
                        + " must be at least 0, rate " + rate + " above 0, every " + every + " at least 1");
            }
        }

        Schedule over(long steps) {
            long first = warmup < 1 ? Math.round(warmup * steps) : (long) warmup;
            long stairs = Math.max(1, (steps - first) / every);
            var schedule =
                    switch (course) {
                        case COSINE -> Schedule.cosine(peak, last, stairs);
                        case LINEAR -> Schedule.linear(peak, last, stairs);
                        case STEP -> Schedule.exponential(peak, last, rate);
                        case CONSTANT -> Schedule.constant(peak);
                    };
            return schedule.perEpoch(every).warmedUp(0, first);
        }
    }

    /**
     * When the state is saved; it always is at the end.
     *
     * @param seconds after so many since the last time; 0 for no such rule
     * @param steps every so many; 0 for no such rule
     */
    public record Checkpoints(double seconds, long steps) {}

    public TrainingSettings {
        if (threads < 0 || !(clipNorm >= 0)) {
            throw new MedleyException("threads " + threads + " and clipNorm " + clipNorm + " must be 0 or more");
        }
        freeze = List.copyOf(freeze);
        watch = List.copyOf(watch);
    }

    /** AdamW(0.9, 0.999) with decay 0.05 of matrices, warm-up over a twentieth, then a cosine; clipped at 1, a checkpoint a minute. */
    public static TrainingSettings of(long steps, double peak) {
        return new TrainingSettings(
                steps,
                1,
                0,
                Precision.AUTO,
                new Optimizer(0.9, 0.999, 1e-8, 0.05, false, 1, ""),
                new Rates(Course.COSINE, peak, peak / 100, 0.05, 0.9, 1),
                1,
                1,
                0,
                false,
                List.of(),
                new Checkpoints(60, 0),
                List.of());
    }

    /** The same with plateaus to warn of. */
    public TrainingSettings watching(PlateauWatch... watches) {
        return new TrainingSettings(
                steps,
                seed,
                threads,
                precision,
                optimizer,
                schedule,
                clipNorm,
                accumulate,
                average,
                recompute,
                freeze,
                checkpoint,
                List.of(watches));
    }

    /** A trainer of what is left of a learner after freezing; sets the engine's threads. */
    public <B> Trainer<B> trainer(Learner learner) {
        return trainer(learner, World.single());
    }

    /** The same in a run of several processes. */
    public <B> Trainer<B> trainer(Learner learner, World world) {
        if (threads > 0) {
            Engine.setThreads(threads);
        }
        var trained = learner.freeze(freeze);
        return new Trainer<>(
                trained,
                new Trainer.Options(
                        steps,
                        schedule.over(steps),
                        new AdamW.Options(optimizer.beta1, optimizer.beta2, optimizer.eps, optimizer.weightDecay),
                        clipNorm == 0 ? Double.POSITIVE_INFINITY : clipNorm,
                        grouping(trained.parameters().keySet()),
                        accumulate,
                        average,
                        usesBfloat16(),
                        recompute),
                world);
    }

    private boolean usesBfloat16() {
        return switch (precision) {
            case FLOAT32 -> false;
            case BFLOAT16 -> true;
            case AUTO -> Engine.hasBfloat16();
        };
    }

    private Grouping grouping(Collection<String> names) {
        var grouping = optimizer.decayBiasAndNorm ? Grouping.uniform() : Grouping.decayMatricesOnly();
        return optimizer.layerDecay == 1
                ? grouping
                : grouping.with(new LayerDecay(optimizer.layerDecay, optimizer.layers), names);
    }

    /** How the run is kept and watched. */
    public RunOptions run() {
        return new RunOptions(checkpoint.seconds, checkpoint.steps, watch, seed);
    }
}
