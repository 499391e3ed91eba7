package io.medley.train;

import io.medley.nn.ActivationCheckpoint;
import io.medley.optim.AdamW;
import io.medley.optim.FlatParameters;
import io.medley.optim.Grouping;
import io.medley.optim.MovingAverage;
import io.medley.optim.Schedule;
import io.medley.tensor.Autocast;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.train.distributed.GradientReducer;
import io.medley.train.distributed.World;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Batches in, better parameters out: losses, backward, accumulation, clipping, optimizer, schedule, moving average. Knows neither models nor
 * files; {@link Run} puts it to work in a directory.
 *
 * @param <B> what a batch is
 */
public final class Trainer<B> {
    /**
     * How long and how.
     *
     * @param steps optimizer steps
     * @param schedule learning rate per step
     * @param optimizer AdamW's constants
     * @param clipNorm largest norm of the gradients; infinity for no clipping
     * @param grouping which parameters decay, and which learn more slowly
     * @param accumulate batches whose gradients are averaged into one step
     * @param average decay of the moving average of the weights; 0 for none
     * @param bfloat16 mixed precision: linear maps in bfloat16, master weights in float32
     * @param checkpointing whether activations are computed a second time in backward instead of kept: less memory, one more forward pass
     */
    public record Options(
            long steps,
            Schedule schedule,
            AdamW.Options optimizer,
            double clipNorm,
            Grouping grouping,
            int accumulate,
            double average,
            boolean bfloat16,
            boolean checkpointing) {
        public Options {
            if (steps < 1 || accumulate < 1) {
                throw new MedleyException(
                        "training: steps " + steps + " and accumulate " + accumulate + " must be at least 1");
            }
            if (!(clipNorm > 0)) {
                throw new MedleyException("training: clipNorm " + clipNorm + " must be above 0");
            }
            if (!(average >= 0 && average < 1)) {
                throw new MedleyException(
                        "training: average " + average + " must be 0 (none) or below 1, such as 0.999");
            }
        }

        /** Float32, one batch a step, no average; matrices decay, biases and norms do not. */
        public Options(long steps, Schedule schedule, AdamW.Options optimizer, double clipNorm) {
            this(steps, schedule, optimizer, clipNorm, Grouping.decayMatricesOnly(), 1, 0, false, false);
        }

        public Options withGrouping(Grouping grouping) {
            return new Options(
                    steps, schedule, optimizer, clipNorm, grouping, accumulate, average, bfloat16, checkpointing);
        }

        public Options withAccumulate(int accumulate) {
            return new Options(
                    steps, schedule, optimizer, clipNorm, grouping, accumulate, average, bfloat16, checkpointing);
        }

        public Options withAverage(double average) {
            return new Options(
                    steps, schedule, optimizer, clipNorm, grouping, accumulate, average, bfloat16, checkpointing);
        }

        public Options withBfloat16(boolean bfloat16) {
            return new Options(
                    steps, schedule, optimizer, clipNorm, grouping, accumulate, average, bfloat16, checkpointing);
        }

        public Options withCheckpointing(boolean checkpointing) {
            return new Options(
                    steps, schedule, optimizer, clipNorm, grouping, accumulate, average, bfloat16, checkpointing);
        }
    }

    /**
     * What a step left behind.
     *
     * @param step its number, from 0
     * @param loss what was minimised
     * @param terms losses and metrics of the objective, means over the accumulated batches
     * @param learningRate of this step, before the groups' factors
     * @param gradientNorm before clipping
     * @param samples samples seen in it
     * @param seconds it took
     * @param waited seconds of these in which there was no batch yet
     */
    public record StepResult(
            long step,
            double loss,
            Map<String, Double> terms,
            double learningRate,
            double gradientNorm,
            int samples,
            double seconds,
            double waited) {}

    /** Told after every step. */
    @FunctionalInterface
    public interface Listener {
        void stepped(StepResult result) throws IOException;
    }

    private final Learner learner;
    private final FlatParameters parameters;
    private final AdamW optimizer;
    private final @Nullable MovingAverage average;
    private final Options options;
    private final World world;
    private final GradientReducer reducer;
    private long done;

    /** Takes over the parameters of a learner; make it outside any scope. */
    public Trainer(Learner learner, Options options) {
        this(learner, options, World.single());
    }

    /**
     * The same in a run of several processes, each with its own batches: all start from what rank 0 has, and a step uses the gradients, averaged,
     * of all batches.
     */
    public Trainer(Learner learner, Options options, World world) {
        this.learner = learner;
        this.parameters = new FlatParameters(learner.parameters(), options.grouping);
        this.optimizer = new AdamW(this.parameters, options.optimizer);
        this.average = options.average > 0 ? new MovingAverage(this.parameters, options.average) : null;
        this.options = options;
        this.world = world;
        world.share(learner.tensors().values());
        this.reducer = world.reducer(learner.parameters(), parameters);
    }

    public Options options() {
        return options;
    }

    /** The processes that train together. */
    public World world() {
        return world;
    }

    public Learner learner() {
        return learner;
    }

    /** Steps taken so far. */
    public long done() {
        return done;
    }

    public boolean finished() {
        return done >= options.steps;
    }

    /** Trains to the end. */
    public void run(Objective<B> objective, Batches<B> batches, Listener listener) throws IOException {
        while (!finished()) {
            listener.stepped(step(objective, batches));
        }
    }

    /**
     * Takes one step.
     *
     * @throws MedleyException when the loss or the gradients are no longer numbers; the parameters are then as they were before
     */
    public StepResult step(Objective<B> objective, Batches<B> batches) {
        long start = System.nanoTime();
        parameters.zeroGradients();
        var terms = new LinkedHashMap<String, Double>();
        double loss = 0;
        int samples = 0;
        double waited = 0;
        for (int i = 0; i < options.accumulate; i++) {
            // One scope a batch: what backward needed is freed before the next one.
            try (var scope = Scope.open()) {
                long asked = System.nanoTime();
                var batch = batches.next();
                waited += seconds(asked);
                var losses = losses(objective, batch);
                samples += batches.samples() * world.size();
                var total = losses.total();
                double value = meanOfAll(total, losses, terms);
                check("the loss", value, terms);
                loss += value / options.accumulate;
                if (i == options.accumulate - 1) {
                    reducer.begin();
                }
                (options.accumulate == 1 ? total : total.div(options.accumulate)).backward();
            }
        }
        reducer.finish();
        try (var scope = Scope.open()) {
            double norm = parameters.clipGradients(options.clipNorm);
            check("the norm of the gradients", norm, terms);
            double rate = options.schedule.at(done);
            optimizer.step(rate);
            if (average != null) {
                average.update();
            }
            return new StepResult(done++, loss, terms, rate, norm, samples, seconds(start), waited);
        }
    }

    private static double seconds(long since) {
        return (System.nanoTime() - since) / 1e9;
    }

    /** Adds the terms of a batch to those of the step; returns its loss. Both are averages over all processes. */
    private double meanOfAll(Tensor total, Losses losses, Map<String, Double> terms) {
        var values = losses.values();
        var own = new double[values.size() + 1];
        own[0] = total.item();
        int i = 1;
        for (double value : values.values()) {
            own[i++] = value;
        }
        var mean = world.mean(own);
        i = 1;
        for (var name : values.keySet()) {
            terms.merge(name, mean[i++] / options.accumulate, Double::sum);
        }
        return mean[0];
    }

    private Losses losses(Objective<B> objective, B batch) {
        try (var mixed = Autocast.bfloat16(options.bfloat16);
                var saving = ActivationCheckpoint.open(options.checkpointing)) {
            return objective.losses(batch, new Step(done, options.steps));
        }
    }

    private void check(String what, double value, Map<String, Double> terms) {
        if (!Double.isFinite(value)) {
            throw new MedleyException("step " + done + ": " + what + " is " + value + " " + terms
                    + "; lower the learning rate, clip harder, or look at the data of this batch");
        }
    }

    /** The averaged weights by name, sharing memory with the average; the plain ones where none is kept. */
    public Map<String, Tensor> averaged() {
        return average == null ? learner.parameters() : average.values();
    }

    /** Everything that decides how this training goes on, but the position of its batches. */
    public TrainingState state() {
        var tensors = new LinkedHashMap<String, Tensor>();
        TrainingState.put(tensors, "parameters.", learner.parameters());
        TrainingState.put(tensors, "buffers.", learner.buffers());
        TrainingState.put(tensors, "optimizer.first.", optimizer.firstMoments());
        TrainingState.put(tensors, "optimizer.second.", optimizer.secondMoments());
        learner.generators().forEach((name, generator) -> tensors.put("generators." + name, generator.state()));
        var values = new LinkedHashMap<String, String>();
        values.put("step", Long.toString(done));
        values.put("optimizer.steps", Long.toString(optimizer.steps()));
        if (average != null) {
            TrainingState.put(tensors, "average.", average.values());
            values.put("average.updates", Long.toString(average.updates()));
        }
        return new TrainingState(tensors, values);
    }

    /**
     * Goes on from a state.
     *
     * @param source for messages
     * @throws MedleyException when the state is not one of this training
     */
    public void restore(TrainingState state, String source) {
        try (var scope = Scope.open()) {
            state().overwrite(state.tensors(), source);
            learner.generators().forEach((name, generator) -> {
                var value = state.tensors().get("generators." + name);
                if (value != null) {
                    generator.restore(value.copy());
                }
            });
        }
        done = number(state, "step", source);
        optimizer.resumeAt(number(state, "optimizer.steps", source));
        if (average != null) {
            average.resumeAt(number(state, "average.updates", source));
        }
    }

    private static long number(TrainingState state, String name, String source) {
        try {
            return Long.parseLong(state.values().getOrDefault(name, ""));
        } catch (NumberFormatException e) {
            throw new MedleyException(source + ": holds no " + name + "; it is damaged or of another version", e);
        }
    }
}
