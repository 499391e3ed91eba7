package io.medley.task;

import io.medley.image.RgbImage;
import java.util.List;

/** Maps pictures and texts into one vector space in which neighbours mean the same. Thread-safe. */
public interface Embedder {

    /** The space of both {@link #images} and {@link #texts}. */
    EmbeddingSpace space();

    /** One vector per image, shape (images, {@code space().dimension()}). */
    float[][] images(List<RgbImage> images);

    /** One vector per text, shape (texts, {@code space().dimension()}); no text may be blank, over-long ones are cut. */
    float[][] texts(List<String> texts);
}
