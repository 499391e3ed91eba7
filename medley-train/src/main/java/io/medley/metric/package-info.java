/**
 * How good is it? {@link io.medley.metric.Cider} for captions, {@link io.medley.metric.Ranking} for retrieval and matching. Plain Java over
 * plain values; imports nothing of Medley.
 */
@NullMarked
package io.medley.metric;

import org.jspecify.annotations.NullMarked;
