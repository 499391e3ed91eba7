package io.medley.image;

import java.util.random.RandomGenerator;

/** An augmenting way from a picture to the input of a model; all chance comes from the generator given. Thread-safe. */
public interface RandomImageTransform {
    /** Height of the result. */
    int height();

    /** Width of the result. */
    int width();

    /** (3, height, width), channel after channel, row after row. */
    float[] apply(RgbImage image, RandomGenerator random);
}
