package io.medley.task;

/**
 * Pictures as one model has encoded them, for use with that model's {@link SharedEncoding} only. Holds native memory until closed; may be
 * read from several threads at once.
 */
public interface EncodedImages extends AutoCloseable {
    /** How many pictures. */
    int size();

    /** Frees the native memory; idempotent. No call may be using it. */
    @Override
    void close();
}
