/**
 * {@link io.medley.model.dit.Dit} with captions as a {@link io.medley.task.Model} that draws: files, tokens, samplers. Start reading at
 * {@link io.medley.model.dit.task.DitImageGenerator}.
 */
@NullMarked
package io.medley.model.dit.task;

import org.jspecify.annotations.NullMarked;
