package io.medley.recipe;

import io.medley.diffusion.DiffusionSystem;
import io.medley.model.dit.DitConfig;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;

/**
 * Sizes and lengths of the training of text to picture.
 *
 * @param system how data and noise mix and what the network predicts: a name of {@link DiffusionSystem#named}
 * @param imageSize side of the pictures in pixels
 * @param patchSize side of a patch
 * @param width of the transformer
 * @param depth its blocks
 * @param heads attention heads
 * @param captionDepth blocks of the text encoder
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
        int imageSize,
        int patchSize,
        int width,
        int depth,
        int heads,
        int captionDepth,
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
        DiffusionSystem.named(system); // refuses unknown names
        if (batch < 1 || steps < 1) {
            throw new MedleyException(
                    "scenes-generate: batch " + batch + " and steps " + steps + " must be at least 1");
        }
        if (!(dropCaption >= 0 && dropCaption < 1)) {
            throw new MedleyException("scenes-generate: dropCaption " + dropCaption + " must be 0 or more and below 1");
        }
    }

    /** A network of a million parameters, trained for minutes; what it learns is in {@code docs/results/text-to-picture.md}. */
    public static GenerationRecipeOptions defaults() {
        return new GenerationRecipeOptions(
                "rectified-flow",
                32,
                4,
                96,
                4,
                4,
                1,
                32,
                1200,
                2e-3,
                0.1,
                0.99,
                Engine.threads(),
                Engine.hasBfloat16(),
                1);
    }

    DitConfig model(int vocabulary) {
        return new DitConfig(
                imageSize,
                patchSize,
                3,
                3,
                width,
                depth,
                heads,
                4 * width,
                new DitConfig.Captions(vocabulary, CAPTION_LENGTH, captionDepth));
    }
}
