/**
 * How good is it? {@link io.medley.metric.CaptionScores} for captions, {@link io.medley.metric.Recall} for retrieval,
 * {@link io.medley.metric.VqaAccuracy} for answers, {@link io.medley.metric.Ranking} for matching. Plain Java over plain values; of Medley
 * only its exception may be imported.
 */
@NullMarked
package io.medley.metric;

import org.jspecify.annotations.NullMarked;
