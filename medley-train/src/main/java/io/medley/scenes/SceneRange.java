package io.medley.scenes;

import io.medley.tensor.MedleyException;

/**
 * Which scenes to write, and how.
 *
 * @param split where they come from
 * @param first index of the first
 * @param count how many, at least 1
 * @param size side of the pictures in pixels
 * @param format of the picture files
 */
public record SceneRange(SceneSplit split, long first, int count, int size, PictureFormat format) {
    /** Checks the numbers. */
    public SceneRange {
        if (first < 0) {
            throw new MedleyException("first scene " + first + ": must be 0 or more");
        }
        if (count < 1) {
            throw new MedleyException("number of scenes " + count + ": must be 1 or more");
        }
        if (size < Scenes.MIN_SIZE || size > Scenes.MAX_SIZE) {
            throw new MedleyException(
                    "picture size " + size + ": must be " + Scenes.MIN_SIZE + " to " + Scenes.MAX_SIZE + " pixels");
        }
    }
}
