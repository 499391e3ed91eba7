package io.medley.image;

import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Random resized crop, horizontal flip with probability 0.5, RandAugment, normalisation: the {@code transform_train} of BLIP and ALBEF.
 *
 * @param crop draws and resizes the box
 * @param flip whether to mirror half of the pictures; captions that say left or right do not survive it
 * @param augment null for none
 * @param normalization the model's
 */
public record TrainTransform(
        RandomResizedCrop crop, boolean flip, @Nullable RandAugment augment, Normalization normalization)
        implements RandomImageTransform {
    @Override
    public int height() {
        return crop.height();
    }

    @Override
    public int width() {
        return crop.width();
    }

    @Override
    public float[] apply(RgbImage image, RandomGenerator random) {
        return normalization.apply(augmented(image, random));
    }

    /** The picture before normalisation, to look at. */
    public RgbImage augmented(RgbImage image, RandomGenerator random) {
        RgbImage out = crop.apply(image, random);
        if (flip && random.nextDouble() < 0.5) {
            out = out.flipHorizontally();
        }
        return augment == null ? out : augment.apply(out, random);
    }
}
