package io.medley.shards;

import java.io.Serializable;

/**
 * What one shard job reads: a whole tar shard, or a slice of rows of something that has no shards.
 *
 * @param name what its output is called, without an ending
 * @param source file or address as {@code io.medley.data} reads it
 * @param first first row of the slice; 0 for a whole shard
 * @param rows rows of the slice; {@link #ALL} for a whole shard
 */
public record ShardInput(String name, String source, long first, long rows) implements Serializable {
    /** To the end. */
    public static final long ALL = Long.MAX_VALUE;

    /** At most so many rows of it. */
    public ShardInput head(long most) {
        return new ShardInput(name, source, first, Math.min(rows, most));
    }
}
