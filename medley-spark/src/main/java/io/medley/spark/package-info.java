/**
 * Work on shards on Apache Spark, the same as on one machine, a task each; and shards on Hadoop's file systems. Spark schedules, repeats and
 * speculates; that a shard's output appears once and whole is the work's own doing, for it writes under a temporary name and renames.
 *
 * <p>Imports Spark, which the cluster or the launcher provides, and {@code io.medley.shards}; knows no particular work. Start reading at
 * {@link io.medley.spark.SparkWorkers}.
 */
@NullMarked
package io.medley.spark;

import org.jspecify.annotations.NullMarked;
