package io.medley.task;

/**
 * How well a text fits a picture, as a filter needs it.
 *
 * @param logit log-odds that the text describes the picture (ITM: the logit of "match" minus that of "no match"). Where the probability has
 *     long been rounded to 1, this still tells texts apart
 * @param cosine cosine of the image and the text embedding (ITC), -1 to 1
 */
public record PairScore(double logit, double cosine) {
    /** ITM probability, 0 to 1. */
    public double probability() {
        return 1 / (1 + Math.exp(-logit));
    }
}
