package io.medley.capfilt;

/**
 * A text of a picture and all that is known of it.
 *
 * @param sample number of the synthetic text among the picture's, from 0; 0 for the web text
 * @param logProbability the captioner's log-probability per token; NaN for web texts
 * @param probability ITM probability of the filter, 0 to 1; NaN for empty texts, like all scores
 * @param logit log-odds of the same, which tells texts apart where probabilities have been rounded to 1
 * @param cosine ITC cosine of the filter, -1 to 1
 * @param clip cosine by another embedding model, -1 to 1; NaN if there is none
 */
public record ScoredText(
        TextSource source,
        int sample,
        String text,
        double logProbability,
        double probability,
        double logit,
        double cosine,
        double clip) {
    /** A text that nothing was computed for. */
    static ScoredText unscored(TextSource source, int sample, String text, double logProbability) {
        return new ScoredText(source, sample, text, logProbability, Double.NaN, Double.NaN, Double.NaN, Double.NaN);
    }
}
