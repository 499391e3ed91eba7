package io.medley.task;

import java.util.Optional;

/**
 * A loaded model and the tasks it can do.
 *
 * <p>Tasks are views of the model: they share its weights, may be fetched any number of times, are safe to use from several threads at
 * once, and end with it. After {@link #close()} every use of the model or of its tasks throws {@code IllegalStateException}.
 */
public interface Model extends AutoCloseable {

    /** Short name, for example {@code scenes} or {@code Salesforce/blip-image-captioning-base}. */
    String name();

    /** One line for people: system, size, image size. */
    String description();

    /** The configuration as JSON text, under the key names the original code uses. */
    String config();

    /** Number of parameters (tied weights counted once). */
    long parameters();

    /** Describes pictures in words. */
    default Optional<Captioner> captioner() {
        return Optional.empty();
    }

    /** Scores how well a text fits a picture. */
    default Optional<Matcher> matcher() {
        return Optional.empty();
    }

    /** Answers questions about pictures. */
    default Optional<Answerer> answerer() {
        return Optional.empty();
    }

    /** Maps pictures and texts into one vector space. */
    default Optional<Embedder> embedder() {
        return Optional.empty();
    }

    /** Chooses among labels it was not trained on. */
    default Optional<Classifier> classifier() {
        return Optional.empty();
    }

    /** Chooses among the categories it was trained on. */
    default Optional<Categorizer> categorizer() {
        return Optional.empty();
    }

    /** Ranks pictures and texts for each other. */
    default Optional<Retriever> retriever() {
        return Optional.empty();
    }

    /** Judges sentences about two pictures. */
    default Optional<PairJudge> pairJudge() {
        return Optional.empty();
    }

    /** Shows which parts of a picture a text rests on. */
    default Optional<Explainer> explainer() {
        return Optional.empty();
    }

    /** Captions and scores pictures that it encodes once, step by step; for work on many. */
    default Optional<SharedEncoding> sharedEncoding() {
        return Optional.empty();
    }

    /** Draws pictures from words. */
    default Optional<ImageGenerator> imageGenerator() {
        return Optional.empty();
    }

    /** Frees the native memory of the weights. Idempotent. */
    @Override
    void close();
}
