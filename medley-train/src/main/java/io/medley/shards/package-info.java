/**
 * Work on many shards of samples, on one machine or on a cluster: inputs found, each shard done as a whole, committed under a temporary name and
 * renamed, written down in a manifest, skipped when the work goes on. What is done to a shard is a {@link io.medley.shards.ShardTask}.
 *
 * <p>Knows {@code data}, and no task. Start reading at {@link io.medley.shards.ShardRun}.
 */
@NullMarked
package io.medley.shards;

import org.jspecify.annotations.NullMarked;
