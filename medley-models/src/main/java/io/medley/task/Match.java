package io.medley.task;

/**
 * How well a text fits a picture.
 *
 * @param cosine cosine of the image and the text embedding (ITC), -1 to 1, cheap and comparable across pictures; NaN if the model has no
 *     such head
 * @param probability probability that the text describes the picture (ITM), 0 to 1, from a network that sees both; NaN if the model has
 *     no such head
 */
public record Match(double cosine, double probability) {}
