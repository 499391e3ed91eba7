package io.medley.task;

import io.medley.image.RgbImage;
import java.util.List;

/** Shows which parts of a picture a text rests on (Grad-CAM, Selvaraju et al. 2017, as BLIP and ALBEF use it). Thread-safe. */
public interface Explainer {

    /** What is to be explained. */
    sealed interface Target {
        /** Why (or how far) the text is taken to describe the picture: gradients of the match score. */
        record Matching(String text) implements Target {}

        /** Why the model would write this caption: gradients of its log-probability. */
        record Captioning(String caption) implements Target {}

        /** Why the model would give this answer: gradients of its log-probability. */
        record Answering(String question, String answer) implements Target {}
    }

    /** Whether this model can explain targets of that kind. */
    boolean supports(Class<? extends Target> kind);

    /**
     * Explains target i in image i.
     *
     * @param targets as many as images
     * @return one explanation per pair, in order
     * @throws io.medley.tensor.MedleyException for a kind of target the model has no head for, or a blank text
     */
    List<Explanation> explain(List<RgbImage> images, List<Target> targets);

    /** Explains one pair. */
    default Explanation explain(RgbImage image, Target target) {
        return explain(List.of(image), List.of(target)).get(0);
    }
}
