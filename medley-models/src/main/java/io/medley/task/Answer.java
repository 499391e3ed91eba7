package io.medley.task;

/**
 * An answer and how sure the model is of it.
 *
 * @param text the answer
 * @param score how likely the whole answer is given picture and question, at most 0: when writing freely its log-probability; when ranking
 *     what {@code rank_answer} of the original computes, the log-probability with label smoothing 0.1
 * @param probability when ranking candidates: its share among the ranked ones (softmax of the scores; they sum to 1 over all that were
 *     scored); when writing freely: exp(score)
 */
public record Answer(String text, double score, double probability) {}
