package io.medley.recipe;

import io.medley.model.blip.BlipConfig;
import io.medley.model.med.MedConfig;
import io.medley.model.med.Sharing;
import io.medley.model.vit.VitConfig;
import io.medley.scenes.SceneSplit;
import io.medley.tensor.MedleyException;

/**
 * BLIP's pre-training on the small world: what the recipe sets beside the trainer's own settings.
 *
 * @param batch pairs a batch
 * @param queue negatives kept; a multiple of {@code batch}
 * @param momentum how slowly the momentum copy follows
 * @param alpha weight of the momentum model's opinion, after a ramp over the first tenth; 0: no momentum distillation
 * @param negatives which wrong partners ITM is shown
 * @param sharing what text encoder and decoder have in common
 * @param split {@code train} with true captions, or {@code web} with alt-texts of which six in ten are bad
 * @param imageEncoder file of weights the image encoder starts from, such as {@code vision.safetensors} of a {@code scenes} run; empty: from
 *     chance
 * @param model sizes
 */
record BlipScenesSettings(
        int batch,
        int queue,
        double momentum,
        double alpha,
        Negatives negatives,
        Sharing sharing,
        SceneSplit split,
        String imageEncoder,
        Sizes model) {
    /** Wrong partners of the matching loss. */
    enum Negatives {
        /** Likelier the more they resemble a right one. */
        HARD,
        /** Any of the batch. */
        RANDOM
    }

    /**
     * Sizes of the model.
     *
     * @param imageSize side of the pictures in pixels
     * @param patchSize side of a patch, a power of two
     * @param width width of both transformers
     * @param heads attention heads of both
     * @param visionLayers blocks of the image encoder
     * @param textLayers layers of the text transformer
     * @param embedDim width of the contrastive space
     */
    record Sizes(int imageSize, int patchSize, int width, int heads, int visionLayers, int textLayers, int embedDim) {}

    BlipScenesSettings {
        if (batch < 2) {
            throw new MedleyException("batch " + batch + ": contrastive losses need 2 pairs or more");
        }
        if (queue < batch || queue % batch != 0) {
            throw new MedleyException("queue " + queue + " is not a multiple of batch " + batch
                    + "; change one of them, for example queue " + Math.max(1, queue / batch) * batch);
        }
        if (!(momentum >= 0 && momentum <= 1 && alpha >= 0 && alpha <= 1)) {
            throw new MedleyException("momentum " + momentum + " and alpha " + alpha + " must be from 0 to 1");
        }
        if (split != SceneSplit.TRAIN && split != SceneSplit.WEB) {
            throw new MedleyException("split " + split.word() + " is for measuring; learn from train or web");
        }
    }

    /** Refuses a queue that the batches of all processes together do not divide. */
    void check(int processes) {
        if (queue % (batch * processes) != 0) {
            throw new MedleyException("queue " + queue + " is not a multiple of batch " + batch + " times " + processes
                    + " processes; change one of them");
        }
    }

    static BlipScenesSettings defaults() {
        return new BlipScenesSettings(
                32,
                512,
                0.995,
                0.4,
                Negatives.HARD,
                Sharing.ALL_BUT_SELF_ATTENTION,
                SceneSplit.TRAIN,
                "",
                new Sizes(64, 8, 96, 4, 3, 2, 64));
    }

    BlipConfig config(int vocabulary) {
        return new BlipConfig(
                new VitConfig(
                                model.imageSize,
                                model.patchSize,
                                model.width,
                                model.visionLayers,
                                model.heads,
                                4 * model.width,
                                1e-6)
                        .withStem(VitConfig.Stem.CONVOLUTIONS),
                new MedConfig(
                        vocabulary,
                        model.width,
                        model.textLayers,
                        model.heads,
                        4 * model.width,
                        64,
                        model.width,
                        1e-12),
                model.embedDim,
                true,
                "",
                sharing);
    }
}
