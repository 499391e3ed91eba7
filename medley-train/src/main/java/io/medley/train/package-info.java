/**
 * Learning: an {@link io.medley.train.Objective} turns a batch into named losses, {@link io.medley.train.TrainingLoop} does the rest. The
 * loop knows no model.
 */
@NullMarked
package io.medley.train;

import org.jspecify.annotations.NullMarked;
