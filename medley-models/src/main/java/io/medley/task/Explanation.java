package io.medley.task;

import java.util.List;

/**
 * Where in a picture the evidence for a text lies (Grad-CAM on cross-attention).
 *
 * @param text the explained text
 * @param score what was explained: the ITM probability (0 to 1) for a match, the log-probability of the text for captions and answers
 * @param overall mean over the words
 * @param words one map per word, in the order of the text
 */
public record Explanation(String text, double score, HeatMap overall, List<WordMap> words) {
    public Explanation {
        words = List.copyOf(words);
    }
}
