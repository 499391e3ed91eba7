package io.medley.finetune;

import io.medley.evaluate.Task;
import io.medley.model.blip.BlipConfig;
import io.medley.tensor.MedleyException;
import io.medley.train.Recipe;
import io.medley.train.TrainingSettings;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a model is tuned. Zeros are chosen to fit the model and the data, see {@link #resolved}.
 *
 * @param choices what only tuning has
 * @param training what every training has; steps 0: some ten times through the data; peak of the learning rate 0: 1e-5 for a width of 768,
 *     more for narrower models; its last value 0: a hundredth of the peak
 */
public record FinetuneOptions(Choices choices, TrainingSettings training) {
    private static final int MOST_ROWS = 32;
    private static final int FEWEST_STEPS = 150;
    private static final int EPOCHS = 10;
    private static final int MOST_EPOCHS = 40;
    private static final long ACTIVATIONS = 3L << 30;

    /**
     * What only tuning has.
     *
     * @param task what for
     * @param batch rows per step; 0: 32, or what fits in memory
     * @param chunk for retrieval: rows encoded at a time (gradient caching); 0: all at once
     * @param minScale least share of a picture's area that is shown in training; 1 for always the whole
     * @param heldOut share of the pictures that are kept for validation, below 1
     * @param negativesOfAllProcesses for retrieval: whether wrong partners come from the batches of all processes
     * @param imageSize side of the pictures in pixels; 0: the model's own
     * @param lora adapters that are trained instead of the weights
     */
    public record Choices(
            Task task,
            int batch,
            int chunk,
            double minScale,
            double heldOut,
            boolean negativesOfAllProcesses,
            int imageSize,
            Adapters lora) {
        public Choices {
            if (batch < 0 || imageSize < 0 || chunk < 0) {
                throw new MedleyException("finetune: batch " + batch + ", image size " + imageSize + " and chunk "
                        + chunk + " must be 0 (chosen to fit; everything at once) or more");
            }
            if (chunk > 0 && task != Task.RETRIEVAL) {
                throw new MedleyException("finetune: chunk is for retrieval, whose pairs are compared with each other;"
                        + " for " + task.word() + " give a smaller batch and set accumulate");
            }
            if (!(heldOut > 0 && heldOut < 1)) {
                throw new MedleyException(
                        "finetune: " + heldOut + " of the pictures held out; give a share between 0 and 1");
            }
            if (!(minScale > 0 && minScale <= 1)) {
                throw new MedleyException("finetune: least scale " + minScale + "; give a share above 0, at most 1");
            }
        }
    }

    /**
     * Low-rank adapters; what starts from chance is trained whole beside them.
     *
     * @param rank inner width; 0: no adapters, the weights themselves are trained
     * @param alpha their product is scaled by alpha / rank
     * @param targets patterns of the linear maps that get one, by path, such as {@code *.attn.qkv}
     */
    public record Adapters(int rank, double alpha, List<String> targets) {
        public Adapters {
            targets = List.copyOf(targets);
            if (rank < 0 || !(alpha > 0)) {
                throw new MedleyException("finetune: lora.rank " + rank + " must be 0 (none) or more, lora.alpha "
                        + alpha + " above 0; 8 and 16 are usual");
            }
        }
    }

    public FinetuneOptions {
        if (training.steps() < 0) {
            throw new MedleyException("finetune: steps " + training.steps() + " must be 0 (chosen to fit) or more");
        }
    }

    /** Everything chosen to fit, nothing out of the ordinary. */
    public static FinetuneOptions of(Task task) {
        var lora = new Adapters(0, 16, List.of("*.attn.qkv", "*.self.query", "*.self.value"));
        return new FinetuneOptions(new Choices(task, 0, 0, 0.8, 0.1, true, 0, lora), TrainingSettings.of(0, 0))
                .with(Map.of("schedule.warmup", "0.1"));
    }

    /**
     * These options with some changed by dotted name, as {@code --set} gives them: {@code steps=100}, {@code optimizer.layerDecay=0.9}.
     *
     * @throws MedleyException when there is no such setting, or its value cannot be used
     */
    public FinetuneOptions with(Map<String, String> changes) {
        var changed = Recipe.changed(json(), changes);
        return new FinetuneOptions(
                Recipe.read(changed, Choices.class, "finetune"),
                Recipe.read(changed, TrainingSettings.class, "finetune"));
    }

    /** These options with every zero chosen. */
    FinetuneOptions resolved(BlipConfig config, int rows) {
        int together = choices.batch > 0 ? choices.batch : Math.max(1, Math.min(fitting(config), rows));
        if (choices.task == Task.RETRIEVAL && (together < 2 || together > rows)) {
            throw new MedleyException("finetune: retrieval compares the pairs of a batch with each other; batch "
                    + together + " of " + rows + " rows cannot be: give --batch between 2 and the number of rows");
        }
        double perEpoch = Math.max(1, Math.ceil(rows / (double) together / training.accumulate()));
        long steps = training.steps() > 0
                ? training.steps()
                : Math.round(Math.min(MOST_EPOCHS * perEpoch, Math.max(FEWEST_STEPS, EPOCHS * perEpoch)));
        double narrower = 768.0 / config.vision().width();
        double given = training.schedule().peak();
        double peak = given > 0 ? given : Math.min(1e-3, 1e-5 * narrower * narrower);
        double last = training.schedule().last() > 0 ? training.schedule().last() : peak / 100;
        return with(Map.of(
                "batch", Integer.toString(together),
                "steps", Long.toString(steps),
                "schedule.peak", Double.toString(peak),
                "schedule.last", Double.toString(last)));
    }

    /** Rows whose activations take about 3 GB in training, at most 32; two pictures of a pair count twice. */
    private int fitting(BlipConfig config) {
        var vision = config.vision();
        long tokens = vision.tokens();
        long block = tokens * vision.width() * 20L + 2L * vision.heads() * tokens * tokens;
        long bytes = 4 * block * vision.depth() * (choices.task == Task.NLVR2 ? 2 : 1);
        return (int) Math.max(choices.task == Task.RETRIEVAL ? 2 : 1, Math.min(MOST_ROWS, ACTIVATIONS / bytes));
    }

    /** Every setting by name, for the run's directory. */
    ObjectNode json() {
        return Recipe.tree(choices, training);
    }
}
