package io.medley.task;

/**
 * An answer and how sure the model is of it.
 *
 * @param text the answer
 * @param score log-probability of the whole answer given picture and question, at most 0
 * @param probability when ranking candidates: its share among the ranked ones (softmax of the scores; they sum to 1 over all that were
 *     scored); when writing freely: exp(score)
 */
public record Answer(String text, double score, double probability) {}
