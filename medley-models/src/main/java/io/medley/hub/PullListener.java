package io.medley.hub;

/** Told what a pull is doing; called on the pulling thread. */
public interface PullListener {

    /** The files to be had, before the first of them. */
    default void files(int count) {}

    /**
     * A file begins or goes on.
     *
     * @param name file name
     * @param already bytes kept from an earlier, interrupted pull
     * @param size bytes of the whole file
     */
    default void begin(String name, long already, long size) {}

    /** More bytes of the current file have arrived. */
    default void received(long bytes) {}

    /** An attempt failed and another one follows. */
    default void retry(String name, String reason) {}

    /** The file is complete and checked; {@code cached} when it was there before. */
    default void done(String name, boolean cached) {}
}
