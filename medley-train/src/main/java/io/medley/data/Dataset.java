package io.medley.data;

import java.io.Closeable;
import java.util.Iterator;

/**
 * Rows that can be read again and are the same every time. Safe to use from several threads.
 *
 * @param <T> what a row holds
 */
public sealed interface Dataset<T> {
    /** What it is and where, for messages and to recognise it when a run goes on. */
    String name();

    /** Rows found by number: annotation files, folders. Shuffled as a whole. */
    non-sealed interface Indexed<T> extends Dataset<T> {
        /** Number of rows, broken ones included. */
        long size();

        /**
         * Reads a row, its picture file too. What is wrong with the row makes it a {@link Row.Broken}.
         *
         * @param row 0 to size - 1
         */
        Row<T> get(long row);
    }

    /** Rows in shards that are read from front to back. Shards are shuffled, and rows within a window. */
    non-sealed interface Sharded<T> extends Dataset<T> {
        /** Number of shards, at least 1. */
        int shards();

        /** What a shard is called, for messages. */
        String shard(int shard);

        /**
         * Opens a shard at its first row.
         *
         * @param shard 0 to shards - 1
         * @throws io.medley.tensor.MedleyException if there is nothing to read: no such file, no answer
         */
        Rows<T> open(int shard);
    }

    /** The rows of a shard from front to back. What goes wrong on the way becomes broken rows; used by one thread at a time. */
    interface Rows<T> extends Iterator<Row<T>>, Closeable {
        /**
         * Passes over rows without reading their pictures.
         *
         * @return rows passed over, fewer than asked for if the shard ends before
         */
        long skip(long rows);

        @Override
        void close();
    }
}
