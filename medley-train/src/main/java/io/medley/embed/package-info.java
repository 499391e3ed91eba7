/**
 * Features of pictures and texts in shards, as Parquet, and near-duplicates found by them. Work on shards: on one machine or on a cluster.
 *
 * <p>Start reading at {@link io.medley.embed.EmbedTask}, then {@link io.medley.embed.Duplicates} and {@link io.medley.embed.DedupTask}.
 */
@NullMarked
package io.medley.embed;

import org.jspecify.annotations.NullMarked;
