package io.medley.evaluate;

import io.medley.tensor.MedleyException;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/** What a model is tuned for, or asked to do. */
public enum Task {
    /** Captions for pictures. */
    CAPTION,
    /** Texts for pictures and pictures for texts. */
    RETRIEVAL,
    /** Answers to questions about pictures. */
    VQA,
    /** Sentences about two pictures, true or not. */
    NLVR2,
    /** Categories of pictures. */
    CLASSIFY;

    /** As flags and files write it. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** By the word of it. */
    public static Task of(String word) {
        return Arrays.stream(values())
                .filter(task -> task.word().equals(word.toLowerCase(Locale.ROOT)))
                .findFirst()
                .orElseThrow(() -> new MedleyException("task '" + word + "' is not known; there are "
                        + Arrays.stream(values()).map(Task::word).collect(Collectors.joining(", "))));
    }
}
