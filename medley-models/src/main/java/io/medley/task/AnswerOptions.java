package io.medley.task;

import io.medley.tensor.MedleyException;
import java.util.List;

/**
 * How questions are answered.
 *
 * @param candidates the answers to choose among; empty means the model writes freely
 * @param top answers returned per question, at least 1; at most the candidates, or the beams, there are
 * @param beams beams when writing freely, at least 1 (BLIP uses 3); not used for ranking
 * @param minLength least number of tokens of a freely written answer, start token included
 * @param maxLength greatest number of tokens of a freely written answer, start token included
 */
public record AnswerOptions(List<String> candidates, int top, int beams, int minLength, int maxLength) {

    public AnswerOptions {
        candidates = List.copyOf(candidates);
        for (String candidate : candidates) {
            if (candidate.isBlank()) {
                throw new MedleyException("a candidate answer is empty; leave it out");
            }
        }
        if (top < 1) {
            throw new MedleyException("top is " + top + "; give a number of at least 1");
        }
        if (beams < 1 || beams > 1000) {
            throw new MedleyException("beams is " + beams + "; give a number from 1 to 1000");
        }
        if (minLength < 0 || maxLength < 1 || minLength > maxLength) {
            throw new MedleyException("lengths are " + minLength + " to " + maxLength
                    + "; give a minimum of at least 0 and a maximum not below it");
        }
    }

    /** Free answers as BLIP writes them: 3 beams, 1 to 10 tokens, the best one. */
    public static AnswerOptions generate() {
        return new AnswerOptions(List.of(), 1, 3, 1, 10);
    }

    /** Ranks the given candidates and returns them all, the most probable first. */
    public static AnswerOptions rank(List<String> candidates) {
        if (candidates.isEmpty()) {
            throw new MedleyException("there are no candidate answers; give at least one");
        }
        return new AnswerOptions(candidates, candidates.size(), 3, 1, 10);
    }

    public AnswerOptions withTop(int value) {
        return new AnswerOptions(candidates, value, beams, minLength, maxLength);
    }

    public AnswerOptions withBeams(int value) {
        return new AnswerOptions(candidates, top, value, minLength, maxLength);
    }

    public AnswerOptions withLengths(int min, int max) {
        return new AnswerOptions(candidates, top, beams, min, max);
    }
}
