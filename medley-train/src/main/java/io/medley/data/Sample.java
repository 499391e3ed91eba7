package io.medley.data;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * A picture with texts that belong to it.
 *
 * @param key its name in the data set
 * @param image the picture, encoded
 * @param texts captions or alt-texts in the file's order, without white space around them; none where the data set has none
 * @param metadata what else the data set says, {@code {}} if nothing; belongs to whoever holds the sample
 */
public record Sample(String key, EncodedImage image, List<String> texts, ObjectNode metadata) {
    /** Copies the list. */
    public Sample {
        texts = List.copyOf(texts);
    }
}
