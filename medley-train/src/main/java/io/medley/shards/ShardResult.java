package io.medley.shards;

import java.io.Serializable;
import java.util.List;

/** What came of a shard, as far as every kind of work can tell. */
public interface ShardResult extends Serializable {
    /** Rows read. */
    long count();

    /** Rows that could not be used. */
    long errors();

    /** The first few errors, for people. */
    List<String> problems();
}
