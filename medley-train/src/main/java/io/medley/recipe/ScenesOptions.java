package io.medley.recipe;

import io.medley.model.blip.BlipConfig;
import io.medley.model.med.MedConfig;
import io.medley.model.vit.VitConfig;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import java.util.Map;

/**
 * Sizes and lengths of the embedded model's training.
 *
 * @param imageSize side of the pictures in pixels
 * @param patchSize side of a patch
 * @param width width of both transformers
 * @param heads attention heads of both
 * @param visionLayers blocks of the image encoder
 * @param textLayers layers of the text transformer
 * @param embedDim width of the contrastive space
 * @param batch pairs per step
 * @param queue negatives kept; a multiple of {@code batch}
 * @param visionSteps steps of the image encoder's start
 * @param pretrainSteps steps of ITC + ITM + LM
 * @param vqaSteps steps of question answering
 * @param learningRate peak of pre-training; question answering uses half of it
 * @param threads threads of one operation
 * @param bfloat16 mixed precision
 * @param seed of weights, order, draws, and of which pictures are seen
 * @param start directory of an earlier run whose weights this one goes on from; empty to start from nothing
 */
public record ScenesOptions(
        int imageSize,
        int patchSize,
        int width,
        int heads,
        int visionLayers,
        int textLayers,
        int embedDim,
        int batch,
        int queue,
        int visionSteps,
        int pretrainSteps,
        int vqaSteps,
        double learningRate,
        int threads,
        boolean bfloat16,
        long seed,
        String start) {
    public ScenesOptions {
        if (batch < 2 || queue % batch != 0) {
            throw new MedleyException("scenes recipe: queue " + queue + " is not a multiple of batch " + batch
                    + " (at least 2); change one of them");
        }
        if (visionSteps < 1 || pretrainSteps < 1 || vqaSteps < 1) {
            throw new MedleyException("scenes recipe: visionSteps " + visionSteps + ", pretrainSteps " + pretrainSteps
                    + " and vqaSteps " + vqaSteps + " must be at least 1");
        }
    }

    /** The second of the two runs that made the embedded model; on their own they start from nothing. */
    public static ScenesOptions defaults() {
        return new ScenesOptions(
                64,
                8,
                192,
                6,
                5,
                3,
                128,
                32,
                2048,
                4300,
                2400,
                1150,
                6e-4,
                Engine.threads(),
                Engine.hasBfloat16(),
                1,
                "");
    }

    /** These options with some replaced by name, as {@code --set name=value} gives them. */
    public ScenesOptions with(Map<String, String> changes) {
        var known = java.util.List.of(
                "imageSize",
                "patchSize",
                "width",
                "heads",
                "visionLayers",
                "textLayers",
                "embedDim",
                "batch",
                "queue",
                "visionSteps",
                "pretrainSteps",
                "vqaSteps",
                "learningRate",
                "threads",
                "bfloat16",
                "seed",
                "start");
        for (var name : changes.keySet()) {
            if (!known.contains(name)) {
                throw new MedleyException(
                        "scenes recipe: there is no setting '" + name + "'; there are " + String.join(", ", known));
            }
        }
        return new ScenesOptions(
                integer(changes, "imageSize", imageSize),
                integer(changes, "patchSize", patchSize),
                integer(changes, "width", width),
                integer(changes, "heads", heads),
                integer(changes, "visionLayers", visionLayers),
                integer(changes, "textLayers", textLayers),
                integer(changes, "embedDim", embedDim),
                integer(changes, "batch", batch),
                integer(changes, "queue", queue),
                integer(changes, "visionSteps", visionSteps),
                integer(changes, "pretrainSteps", pretrainSteps),
                integer(changes, "vqaSteps", vqaSteps),
                Double.parseDouble(changes.getOrDefault("learningRate", Double.toString(learningRate))),
                integer(changes, "threads", threads),
                Boolean.parseBoolean(changes.getOrDefault("bfloat16", Boolean.toString(bfloat16))),
                integer(changes, "seed", Math.toIntExact(seed)),
                changes.getOrDefault("start", start));
    }

    /** Pictures of this side, in patches of that one. */
    public ScenesOptions withPictures(int side, int patch) {
        return with(Map.of("imageSize", Integer.toString(side), "patchSize", Integer.toString(patch)));
    }

    /** Both transformers of this width and so many heads, with so many layers each. */
    public ScenesOptions withTransformers(int width, int heads, int visionLayers, int textLayers) {
        return with(Map.of(
                "width", Integer.toString(width),
                "heads", Integer.toString(heads),
                "visionLayers", Integer.toString(visionLayers),
                "textLayers", Integer.toString(textLayers)));
    }

    public ScenesOptions withEmbedDim(int value) {
        return with(Map.of("embedDim", Integer.toString(value)));
    }

    /** Both at once, for the queue is a multiple of the batch. */
    public ScenesOptions withBatch(int pairs, int queue) {
        return with(Map.of("batch", Integer.toString(pairs), "queue", Integer.toString(queue)));
    }

    /** Steps of the three stages. */
    public ScenesOptions withSteps(int vision, int pretrain, int vqa) {
        return with(Map.of(
                "visionSteps", Integer.toString(vision),
                "pretrainSteps", Integer.toString(pretrain),
                "vqaSteps", Integer.toString(vqa)));
    }

    public ScenesOptions withLearningRate(double peak) {
        return with(Map.of("learningRate", Double.toString(peak)));
    }

    public ScenesOptions withThreads(int value) {
        return with(Map.of("threads", Integer.toString(value)));
    }

    public ScenesOptions withBfloat16(boolean mixed) {
        return with(Map.of("bfloat16", Boolean.toString(mixed)));
    }

    private static int integer(Map<String, String> changes, String name, int otherwise) {
        var text = changes.get(name);
        try {
            return text == null ? otherwise : Integer.parseInt(text);
        } catch (NumberFormatException e) {
            throw new MedleyException("scenes recipe: " + name + "=" + text + " is not a whole number", e);
        }
    }

    /** Number of a stage's first picture. */
    long firstPicture(long stage) {
        return stage + firstPictureOf(seed);
    }

    /** Every seed sees pictures of its own. */
    static long firstPictureOf(long seed) {
        return 20_000_000L * (seed - 1);
    }

    /** The model, for a vocabulary of so many tokens. */
    public BlipConfig model(int vocabulary) {
        return new BlipConfig(
                new VitConfig(imageSize, patchSize, width, visionLayers, heads, 4 * width, 1e-6)
                        .withStem(VitConfig.Stem.CONVOLUTIONS),
                new MedConfig(vocabulary, width, textLayers, heads, 4 * width, 64, width, 1e-12),
                embedDim,
                true,
                "");
    }
}
