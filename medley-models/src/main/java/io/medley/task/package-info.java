/**
 * What users hold: a {@link io.medley.task.Model} and the tasks it offers, with plain Java values in and out.
 *
 * <p>May import {@code io.medley.image} and {@code MedleyException}, nothing else of Medley: no tensors cross these interfaces.
 * Start reading at {@link io.medley.task.Model}, then {@link io.medley.task.Captioner}.
 */
@NullMarked
package io.medley.task;

import org.jspecify.annotations.NullMarked;
