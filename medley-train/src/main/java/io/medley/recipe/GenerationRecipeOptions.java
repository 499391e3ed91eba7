package io.medley.recipe;

import io.medley.Medley;
import io.medley.model.dit.DitConfig;
import io.medley.model.dit.task.DitSystem;
import io.medley.model.latent.LatentConfig;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import java.util.List;

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
 * @param captionDepth blocks of the text encoder, where it is the network's own
 * @param teacher a trained BLIP: its text transformer reads the captions, and its image encoder gives the latents; empty for a network that
 *     learns to read by itself, and draws pixels
 * @param latentChannels numbers a patch has in the latent that is drawn instead of pixels; 0 for pixels
 * @param latentBlock after how many blocks of the teacher's image encoder tokens still tell what a patch looks like
 * @param latentBatch pictures a step in which the latent is learnt
 * @param latentSteps such steps, before the others
 * @param decoderSteps steps after these in which the decoder learns to draw what the teacher's image encoder sees alike
 * @param latentLearningRate the peak of both
 * @param start a finished run of the same sizes whose weights are gone on from, and whose latent is kept; empty to start from nothing
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
        int captionDepth,
        String teacher,
        int latentChannels,
        int latentBlock,
        int latentBatch,
        int latentSteps,
        int decoderSteps,
        double latentLearningRate,
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

    /** Channels of the decoder, from its grid to two pixels a cell. */
    private static final List<Integer> DECODER = List.of(128, 96, 48, 32);

    public GenerationRecipeOptions {
        new DitSystem(system, DitSystem.Output.named(output)); // refuses unknown names
        part("dropCaption", dropCaption);
        part("singles", singles);
        part("fullCaptions", fullCaptions);
        atLeast("mostWeight", mostWeight, Double.MIN_VALUE);
        atLeast("latentChannels", latentChannels, 0);
        atLeast("latentBlock", latentBlock, 1);
        atLeast("latentBatch", latentBatch, 1);
        atLeast("latentSteps", latentSteps, 1);
        atLeast("decoderSteps", decoderSteps, 1);
        atLeast("batch", batch, 1);
        atLeast("steps", steps, 1);
        if (latentChannels > 0 && teacher.isEmpty()) {
            throw new MedleyException("scenes-generate: latentChannels is " + latentChannels
                    + " but there is no teacher; name one, or draw pixels with latentChannels 0");
        }
    }

    /** A network of five million parameters, trained for an hour on one core after its latent; what it learns is in {@code docs/results/text-to-picture.md}. */
    public static GenerationRecipeOptions defaults() {
        return new GenerationRecipeOptions(
                "rectified-flow",
                "system",
                20,
                0,
                64,
                8,
                192,
                6,
                6,
                1,
                Medley.DEFAULT_MODEL,
                32,
                2,
                16,
                4000,
                2000,
                2e-3,
                "",
                1,
                true,
                0.75,
                32,
                3600,
                1.5e-3,
                0.1,
                0.995,
                Engine.threads(),
                Engine.hasBfloat16(),
                1);
    }

    /** Whether what is drawn is a latent. */
    boolean hasLatent() {
        return latentChannels > 0;
    }

    /** The latent that is drawn. */
    LatentConfig latent() {
        int doublings = Integer.numberOfTrailingZeros(patchSize);
        if (Integer.bitCount(patchSize) != 1 || doublings < 1 || doublings > DECODER.size()) {
            throw new MedleyException("scenes-generate: patchSize " + patchSize
                    + " must be 2, 4, 8 or 16 for a latent; draw pixels with latentChannels 0");
        }
        return new LatentConfig(imageSize / patchSize, latentChannels, DECODER.subList(0, doublings));
    }

    /** @param condition how the network is told captions */
    DitConfig model(DitConfig.Condition condition) {
        return hasLatent()
                ? new DitConfig(
                        imageSize / patchSize,
                        1,
                        latentChannels,
                        latentChannels,
                        width,
                        depth,
                        heads,
                        4 * width,
                        condition)
                : new DitConfig(imageSize, patchSize, 3, 3, width, depth, heads, 4 * width, condition);
    }

    DitSystem dit() {
        return new DitSystem(system, DitSystem.Output.named(output));
    }

    private static void atLeast(String name, double value, double least) {
        if (!(value >= least)) {
            throw new MedleyException("scenes-generate: " + name + " " + value + " must be "
                    + (least == Double.MIN_VALUE ? "above 0" : "at least " + (int) least));
        }
    }

    private static void part(String name, double value) {
        if (!(value >= 0 && value <= 1)) {
            throw new MedleyException("scenes-generate: " + name + " " + value + " must be 0 to 1");
        }
    }
}
