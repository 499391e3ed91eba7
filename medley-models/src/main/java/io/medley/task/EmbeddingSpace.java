package io.medley.task;

/**
 * Which space vectors live in: only vectors of spaces with equal names may be compared.
 *
 * @param name model and head, for example {@code scenes/itc}
 * @param dimension length of each vector
 * @param normalised whether each vector has Euclidean length 1, so that the dot product is the cosine
 */
public record EmbeddingSpace(String name, int dimension, boolean normalised) {}
