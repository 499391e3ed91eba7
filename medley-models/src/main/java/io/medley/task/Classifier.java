package io.medley.task;

import io.medley.image.RgbImage;
import java.util.List;

/** Chooses among labels given at the time of asking (zero-shot classification, Radford et al. 2021). Thread-safe. */
public interface Classifier {

    /** The templates used when none are given: a label stands for {@code {}}. */
    List<String> DEFAULT_TEMPLATES = List.of("a picture of a {}");

    /**
     * Scores every label for every image.
     *
     * @param labels at least one, none blank
     * @param templates sentences in which {@code {}} is replaced by the label; the embeddings of a label's sentences are averaged
     * @return one list per image, the most probable label first
     */
    List<List<LabelScore>> classify(List<RgbImage> images, List<String> labels, List<String> templates);
}
