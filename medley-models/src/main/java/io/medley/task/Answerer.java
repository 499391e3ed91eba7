package io.medley.task;

import io.medley.image.RgbImage;
import java.util.List;

/** Answers questions about pictures (VQA). Thread-safe. */
public interface Answerer {

    /**
     * Answers question i about image i. The same picture given several times in a row is encoded once.
     *
     * @param questions as many as images, none blank
     * @return one list per question, in order, the best answer first, at most {@code options.top()} of them
     */
    List<List<Answer>> answer(List<RgbImage> images, List<String> questions, AnswerOptions options);

    /** Answers one question; see {@link #answer(List, List, AnswerOptions)}. */
    default List<Answer> answer(RgbImage image, String question, AnswerOptions options) {
        return answer(List.of(image), List.of(question), options).get(0);
    }
}
