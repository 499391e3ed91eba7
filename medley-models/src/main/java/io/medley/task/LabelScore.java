package io.medley.task;

/**
 * A label and its probability among the labels given.
 *
 * @param probability 0 to 1; all labels of one call sum to 1
 */
public record LabelScore(String label, double probability) {}
