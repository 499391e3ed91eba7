/**
 * BLIP at work: the adapter that lets {@code io.medley.Medley} load BLIP's files and hands out the tasks of {@code io.medley.task}.
 *
 * <p>Start with {@link io.medley.model.blip.task.BlipFamily} (which files) and {@link io.medley.model.blip.task.BlipModel} (which tasks);
 * each task is one class. May import {@code io.medley.task}, {@code io.medley.model} and everything below.
 */
@NullMarked
package io.medley.model.blip.task;

import org.jspecify.annotations.NullMarked;
