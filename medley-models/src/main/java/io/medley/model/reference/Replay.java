package io.medley.model.reference;

import java.io.IOException;

/**
 * How one system recomputes the cases of a reference directory. Every system has one or more, listed in {@code io.medley.Models}.
 * Implementations are stateless and take every size, seed and input from the directory.
 */
public interface Replay {

    /** For example {@code blip decoder}. */
    String name();

    /** Whether this replays such a directory; reads its JSON and tensor names only. */
    boolean recognises(ReferenceDirectory directory);

    /**
     * Computes everything the directory holds results for and hands each to {@code results}. What it does not hand over counts as failed,
     * so a replay that covers only some cases says so by itself.
     *
     * @throws IOException when a file cannot be read
     * @throws RuntimeException when it cannot go on; counted, what was compared before stays
     */
    void run(ReferenceDirectory directory, Comparison results) throws IOException;
}
