package io.medley.finetune;

import io.medley.evaluate.Task;
import io.medley.model.blip.BlipConfig;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * How a model is tuned. Zeros are chosen to fit the model and the data, see {@link #resolved}.
 *
 * @param task what for
 * @param steps optimizer steps; 0: some ten times through the data
 * @param batch rows per step; 0: 32, or what fits in memory
 * @param learningRate peak; 0: 1e-5 for a width of 768, more for narrower models
 * @param weightDecay per unit of learning rate
 * @param minScale least share of a picture's area that is shown in training; 1 for always the whole
 * @param heldOut share of the pictures that are kept for validation, below 1
 * @param freeze patterns of names that are not trained, such as {@code visual_encoder.*}
 * @param negativesOfAllProcesses for retrieval: whether wrong partners come from the batches of all processes
 * @param imageSize side of the pictures in pixels; 0: the model's own
 * @param bfloat16 mixed precision
 * @param seed of the order, of the choice of what is held out, and of what starts from chance
 */
public record FinetuneOptions(
        Task task,
        long steps,
        int batch,
        double learningRate,
        double weightDecay,
        double minScale,
        double heldOut,
        List<String> freeze,
        boolean negativesOfAllProcesses,
        int imageSize,
        boolean bfloat16,
        long seed) {
    private static final int MOST_ROWS = 32;
    private static final int FEWEST_STEPS = 150;
    private static final int EPOCHS = 10;
    private static final int MOST_EPOCHS = 40;
    private static final long ACTIVATIONS = 3L << 30;

    public FinetuneOptions {
        freeze = List.copyOf(freeze);
        if (steps < 0 || batch < 0 || !(learningRate >= 0) || imageSize < 0) {
            throw new MedleyException("finetune: steps " + steps + ", batch " + batch + ", learning rate "
                    + learningRate + " and image size " + imageSize + " must be 0 (chosen to fit) or more");
        }
        if (!(heldOut > 0 && heldOut < 1)) {
            throw new MedleyException(
                    "finetune: " + heldOut + " of the pictures held out; give a share between 0 and 1");
        }
        if (!(minScale > 0 && minScale <= 1)) {
            throw new MedleyException("finetune: least scale " + minScale + "; give a share above 0, at most 1");
        }
    }

    /** Everything chosen to fit. */
    public static FinetuneOptions of(Task task) {
        return new FinetuneOptions(task, 0, 0, 0, 0.05, 0.8, 0.1, List.of(), true, 0, Engine.hasBfloat16(), 1);
    }

    public FinetuneOptions withSteps(long value) {
        return new FinetuneOptions(
                task,
                value,
                batch,
                learningRate,
                weightDecay,
                minScale,
                heldOut,
                freeze,
                negativesOfAllProcesses,
                imageSize,
                bfloat16,
                seed);
    }

    public FinetuneOptions withRate(int rows, double rate) {
        return new FinetuneOptions(
                task,
                steps,
                rows,
                rate,
                weightDecay,
                minScale,
                heldOut,
                freeze,
                negativesOfAllProcesses,
                imageSize,
                bfloat16,
                seed);
    }

    public FinetuneOptions withHeldOut(double share) {
        return new FinetuneOptions(
                task,
                steps,
                batch,
                learningRate,
                weightDecay,
                minScale,
                share,
                freeze,
                negativesOfAllProcesses,
                imageSize,
                bfloat16,
                seed);
    }

    public FinetuneOptions withSeed(long value) {
        return new FinetuneOptions(
                task,
                steps,
                batch,
                learningRate,
                weightDecay,
                minScale,
                heldOut,
                freeze,
                negativesOfAllProcesses,
                imageSize,
                bfloat16,
                value);
    }

    /** These options with every zero chosen. */
    FinetuneOptions resolved(BlipConfig config, int rows) {
        int together = batch > 0 ? batch : Math.max(1, Math.min(fitting(config), rows));
        if (task == Task.RETRIEVAL && (together < 2 || together > rows)) {
            throw new MedleyException("finetune: retrieval compares the pairs of a batch with each other; batch "
                    + together + " of " + rows + " rows cannot be: give --batch between 2 and the number of rows");
        }
        double perEpoch = Math.max(1, Math.ceil(rows / (double) together));
        long chosen = steps > 0
                ? steps
                : Math.round(Math.min(MOST_EPOCHS * perEpoch, Math.max(FEWEST_STEPS, EPOCHS * perEpoch)));
        double narrower = 768.0 / config.vision().width();
        double rate = learningRate > 0 ? learningRate : Math.min(1e-3, 1e-5 * narrower * narrower);
        return withSteps(chosen).withRate(together, rate);
    }

    /** Rows whose activations take about 3 GB in training, at most 32; two pictures of a pair count twice. */
    private int fitting(BlipConfig config) {
        var vision = config.vision();
        long tokens = vision.tokens();
        long block = tokens * vision.width() * 20L + 2L * vision.heads() * tokens * tokens;
        long bytes = 4 * block * vision.depth() * (task == Task.NLVR2 ? 2 : 1);
        return (int) Math.max(task == Task.RETRIEVAL ? 2 : 1, Math.min(MOST_ROWS, ACTIVATIONS / bytes));
    }

    /** Every setting by name, for the run's directory. */
    ObjectNode json() {
        var json = JsonMapper.shared().createObjectNode();
        json.put("task", task.word())
                .put("steps", steps)
                .put("batch", batch)
                .put("learningRate", learningRate)
                .put("weightDecay", weightDecay)
                .put("minScale", minScale)
                .put("heldOut", heldOut)
                .put("freeze", String.join(",", freeze))
                .put("negativesOfAllProcesses", negativesOfAllProcesses)
                .put("imageSize", imageSize)
                .put("bfloat16", bfloat16)
                .put("seed", seed);
        return json;
    }
}
