package io.medley;

/**
 * A model others have published and Medley can run after {@code medley pull}.
 *
 * @param name repository on the Hugging Face hub
 * @param description what it does, one line
 */
public record PublishedModel(String name, String description) {}
