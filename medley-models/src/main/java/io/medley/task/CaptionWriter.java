package io.medley.task;

import java.util.List;
import java.util.function.Consumer;

/**
 * Captions of pictures that come one after another, written side by side: where captions end, those of the next pictures begin. Whom it has
 * room for, and what is computed together, depends only on the order of pictures and the lengths of their captions. Not thread-safe; holds
 * native memory until closed.
 */
public interface CaptionWriter extends AutoCloseable {
    /** Whether another picture may enter now. */
    boolean hasRoom();

    /** Whether no caption is under way. */
    boolean isIdle();

    /**
     * Begins the captions of a picture.
     *
     * @param images encoded for {@link SharedEncoding.Use#CAPTION}; what is needed of them is copied
     * @param picture index among them
     * @param key as for {@link SharedEncoding#caption}
     * @param done told the captions when the last of them has ended, from within a call to this object
     */
    void enter(EncodedImages images, int picture, long key, Consumer<List<Caption>> done);

    /** Writes one more token of each caption under way. */
    void step();

    @Override
    void close();
}
