/**
 * Shard jobs on Apache Spark: the same job as on one machine, a task each. Spark schedules, repeats and speculates; that a shard's output appears
 * once and whole is the job's own doing, for it writes under a temporary name and renames.
 *
 * <p>Imports Spark, which the cluster or the launcher provides, and {@code io.medley.capfilt}. Start reading at {@link io.medley.spark.SparkWorkers}.
 */
@NullMarked
package io.medley.spark;

import org.jspecify.annotations.NullMarked;
