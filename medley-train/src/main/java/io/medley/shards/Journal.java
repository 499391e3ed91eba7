package io.medley.shards;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/** A text file that only grows, line by line. A last line that a crash cut short counts as not written. */
public interface Journal extends Closeable {
    /** What it is, for messages. */
    String name();

    /** The lines that were there when it was opened. */
    List<String> lines();

    /** Adds a line; it survives a crash of this process when this returns, unless the storage says otherwise. */
    void append(String line) throws IOException;
}
