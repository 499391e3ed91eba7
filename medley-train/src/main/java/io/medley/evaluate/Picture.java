package io.medley.evaluate;

import io.medley.image.RgbImage;

/** A picture that is read when it is needed. */
public interface Picture {
    /** Its file, or whatever else names it. */
    String name();

    /**
     * Reads it.
     *
     * @throws io.medley.tensor.MedleyException when it cannot be read
     */
    RgbImage load();
}
