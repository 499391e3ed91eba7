package io.medley.task;

import io.medley.image.RgbImage;
import java.util.List;

/** Puts pictures, or pictures with a text each, into the categories it was trained on. Thread-safe. */
public interface Categorizer {

    /** The categories, in the order of training. */
    List<String> labels();

    /**
     * Scores every category for every picture.
     *
     * @param texts as many as images; an empty one where the picture alone decides
     * @return one list per image, the most probable category first; probabilities sum to 1
     */
    List<List<LabelScore>> categorize(List<RgbImage> images, List<String> texts);
}
