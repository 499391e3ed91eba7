package io.medley.data;

import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * A question about a picture.
 *
 * @param key the question's id
 * @param answers distinct ones in the order they were first given, none in test sets; the weights, each the share of people who gave it
 *     (BLIP's {@code vqa_dataset.py}), add up to 1
 * @param metadata what else the annotations say
 */
public record QuestionSample(
        String key, EncodedImage image, String question, List<WeightedAnswer> answers, ObjectNode metadata) {
    /** An answer and the share of people who gave it, more than 0 and at most 1. */
    public record WeightedAnswer(String text, double weight) {}

    /** Copies the list. */
    public QuestionSample {
        answers = List.copyOf(answers);
    }
}
