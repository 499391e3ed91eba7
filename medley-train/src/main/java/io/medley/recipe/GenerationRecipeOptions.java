package io.medley.recipe;

import io.medley.Medley;
import io.medley.model.dit.DitConfig;
import io.medley.model.dit.task.DitSystem;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;

/**
 * Sizes and lengths of the training of text to picture.
 *
 * @param system how data and noise mix, and what is minimised: a name of {@link io.medley.diffusion.DiffusionSystem#named}
 * @param output what the network predicts: {@code system} (what the system's own networks do), {@code data}, {@code noise} or {@code velocity}
 * @param mostWeight largest factor of a squared error of the network in the system's loss
 * @param timeMean of rectified flow's logit-normal times: 0 sees all noise levels about alike, more than 0 sees more of the noisy ones
 * @param imageSize side of the pictures in pixels
 * @param patchSize side of a patch
 * @param width of the transformer
 * @param depth its blocks
 * @param heads attention heads
 * @param convolutions whether neighbouring patches meet in convolutions, see {@link DitConfig}
 * @param captionDepth blocks of the text encoder, where it is the network's own
 * @param teacher a trained BLIP: its text transformer reads the captions, and its image encoder's tokens are what {@code align} aims at; empty
 *     for a network that learns to read by itself
 * @param align weight of the representation alignment; 0 for none
 * @param alignPictures pictures of a batch that are aligned, the first ones; the encoder costs time
 * @param alignBlock after how many blocks tokens are aligned
 * @param start a finished run of the same sizes whose weights are gone on from; empty to start from nothing
 * @param singles part of the first pictures that show one group of one or two things; it falls evenly to 0 at the end, the others are
 *     scenes as they come
 * @param clean whether scenes are drawn as {@link io.medley.scenes.Scene#clean} has them
 * @param fullCaptions part of the captions that name every group with its colour; the others are any of the scene's
 * @param batch pictures a step
 * @param steps optimizer steps
 * @param learningRate its peak
 * @param dropCaption part of the pictures whose caption is left out, for classifier-free guidance
 * @param average decay of the moving average of the weights, which is what is kept
 * @param threads threads of one operation
 * @param bfloat16 mixed precision
 * @param seed of weights, noise and order
 */
public record GenerationRecipeOptions(
        String system,
        String output,
        double mostWeight,
        double timeMean,
        int imageSize,
        int patchSize,
        int width,
        int depth,
        int heads,
        boolean convolutions,
        int captionDepth,
        String teacher,
        double align,
        int alignPictures,
        int alignBlock,
        String start,
        double singles,
        boolean clean,
        double fullCaptions,
        int batch,
        int steps,
        double learningRate,
        double dropCaption,
        double average,
        int threads,
        boolean bfloat16,
        long seed) {
    /** Tokens of a caption: the grammar's longest has 14 words. */
    static final int CAPTION_LENGTH = 16;

    public GenerationRecipeOptions {
        new DitSystem(system, DitSystem.Output.named(output)); // refuses unknown names
        part("dropCaption", dropCaption);
        part("singles", singles);
        part("fullCaptions", fullCaptions);
        if (!(mostWeight > 0 && align >= 0)) {
            throw new MedleyException("scenes-generate: mostWeight " + mostWeight + " must be above 0 and align "
                    + align + " at least 0");
        }
        if (align > 0 && teacher.isEmpty()) {
            throw new MedleyException(
                    "scenes-generate: align is " + align + " but there is no teacher; name one, or align 0");
        }
        within("alignBlock", alignBlock, depth);
        within("alignPictures", alignPictures, batch);
        if (batch < 1 || steps < 1) {
            throw new MedleyException(
                    "scenes-generate: batch " + batch + " and steps " + steps + " must be at least 1");
        }
    }

    /** A network of five million parameters, trained for half an hour on one core; what it learns is in {@code docs/results/text-to-picture.md}. */
    public static GenerationRecipeOptions defaults() {
        return new GenerationRecipeOptions(
                "rectified-flow",
                "data",
                20,
                0.5,
                64,
                8,
                192,
                6,
                6,
                false,
                1,
                Medley.DEFAULT_MODEL,
                0.5,
                16,
                3,
                "",
                1,
                true,
                0.75,
                32,
                2000,
                1.5e-3,
                0.1,
                0.995,
                Engine.threads(),
                Engine.hasBfloat16(),
                1);
    }

    /** @param condition how the network is told captions */
    DitConfig model(DitConfig.Condition condition) {
        return new DitConfig(imageSize, patchSize, 3, 3, width, depth, heads, 4 * width, condition, convolutions);
    }

    DitSystem dit() {
        return new DitSystem(system, DitSystem.Output.named(output));
    }

    private static void within(String name, int value, int most) {
        if (value < 1 || value > most) {
            throw new MedleyException("scenes-generate: " + name + " " + value + " must be 1 to " + most);
        }
    }

    private static void part(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new MedleyException("scenes-generate: " + name + " " + value + " must be 0 to 1");
        }
    }
}
