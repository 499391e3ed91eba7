/**
 * Bootstrapping's CapFilt (Li et al. 2022, BLIP, section 3.3): a captioner writes synthetic texts for pictures from the web, a filter scores
 * these and the texts they came with, and a policy keeps the good ones.
 *
 * <p>The unit of work is a shard: {@link io.medley.capfilt.ShardJob} reads one and writes one, whole or not at all, and may be repeated.
 * {@link io.medley.capfilt.CapFiltRun} does many on one machine. May import tasks, {@code io.medley.data}, {@code io.medley.shards}, nothing of training. Start
 * reading at {@link io.medley.capfilt.ShardJob}, then {@link io.medley.capfilt.Policy}.
 */
@NullMarked
package io.medley.capfilt;

import org.jspecify.annotations.NullMarked;
