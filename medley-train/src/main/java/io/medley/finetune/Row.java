package io.medley.finetune;

import io.medley.evaluate.Picture;
import java.util.List;

/**
 * One thing to learn from: pictures, and what belongs to them.
 *
 * @param key its name in the data set
 * @param pictures equally many in all rows of a training
 * @param text what is said of them, by which the data are known again
 */
record Row<T>(String key, List<Picture> pictures, String text, T content) {
    /** A row whose pictures have become pixels, (3, S, S) each. */
    record Loaded<T>(T content, List<float[]> pixels) {}
}
