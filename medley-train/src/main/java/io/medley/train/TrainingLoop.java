package io.medley.train;

import io.medley.optim.AdamW;
import io.medley.optim.FlatParameters;
import io.medley.optim.Schedule;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Supplier;

/** Batches in, better parameters out: losses, backward, clipping, optimizer, schedule, and a line of metrics per step. */
public final class TrainingLoop<B> {
    /**
     * How long and how.
     *
     * @param steps optimizer steps
     * @param schedule learning rate per step
     * @param optimizer AdamW's constants
     * @param clipNorm largest norm of the gradients
     */
    public record Options(long steps, Schedule schedule, AdamW.Options optimizer, double clipNorm) {}

    /** What a step leaves behind. */
    public record StepResult(
            long step,
            double loss,
            Map<String, Double> terms,
            double learningRate,
            double gradientNorm,
            double seconds) {}

    /** Told after every step; may save, print, plot. */
    @FunctionalInterface
    public interface Listener {
        void stepped(StepResult result) throws IOException;
    }

    private final FlatParameters parameters;
    private final AdamW optimizer;
    private final Options options;

    public TrainingLoop(Map<String, Tensor> parameters, Options options) {
        // As in timm and BLIP's successors: no decay on biases, norms and scalars; these are the tensors with fewer
        // than two dimensions.
        this.parameters = new FlatParameters(parameters, (name, tensor) -> tensor.dim() > 1);
        this.optimizer = new AdamW(this.parameters, options.optimizer);
        this.options = options;
    }

    /** Trains to the end. Batches are made inside each step's scope. */
    public void run(Objective<B> objective, Supplier<B> batches, Listener listener) throws IOException {
        for (long step = 0; step < options.steps; step++) {
            long start = System.nanoTime();
            StepResult result;
            try (var scope = Scope.open()) {
                result = step(step, objective, batches.get(), start);
            }
            listener.stepped(result);
        }
    }

    private StepResult step(long step, Objective<B> objective, B batch, long start) {
        parameters.zeroGradients();
        var losses = objective.losses(batch, (double) step / options.steps);
        var total = losses.values().stream().reduce(Tensor::add).orElseThrow();
        total.backward();
        var terms = new LinkedHashMap<String, Double>();
        losses.forEach((name, loss) -> terms.put(name, loss.item()));
        double loss = total.item();
        if (!Double.isFinite(loss)) {
            throw new MedleyException("step " + step + ": the loss is " + loss + " (" + terms
                    + "); lower the learning rate or look at the data of this batch");
        }
        double norm = parameters.clipGradients(options.clipNorm);
        double rate = options.schedule.at(step);
        optimizer.step(rate);
        return new StepResult(step, loss, terms, rate, norm, (System.nanoTime() - start) / 1e9);
    }
}
