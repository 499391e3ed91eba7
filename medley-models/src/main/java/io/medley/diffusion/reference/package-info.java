/**
 * Diffusion and flow matching against their originals: schedules, paths, conversions, losses and every state of every sampler. May import
 * {@code io.medley.model.reference}, which the framework itself does not know. Start reading at {@link
 * io.medley.diffusion.reference.DdimReplay}.
 */
@NullMarked
package io.medley.diffusion.reference;

import org.jspecify.annotations.NullMarked;
