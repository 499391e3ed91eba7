package io.medley.task;

import io.medley.image.RgbImage;
import java.util.List;

/** Draws pictures from words. Thread-safe. */
public interface ImageGenerator {

    /**
     * Draws {@code options.count()} pictures of what a text says. Picture k depends on the text, the options and (seed, k) only: more
     * pictures leave the first ones as they are (but for a level of a colour here and there, since arithmetic rounds otherwise in another batch).
     *
     * @throws io.medley.tensor.MedleyException when the text is empty or too long for the model, or the options do not fit it
     */
    List<RgbImage> generate(String prompt, GenerationOptions options);

    /**
     * Draws one picture for each text; picture k is the one that {@code generate(prompts.get(k), …)} gives as its k-th.
     *
     * @param options whose count is 1
     */
    List<RgbImage> generate(List<String> prompts, GenerationOptions options);
}
