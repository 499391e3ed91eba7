/**
 * Replays what the original BLIP code computed, for {@code medley verify} and the parity tests: one file per original class. Start reading
 * at {@link io.medley.model.blip.reference.BlipReplay}.
 *
 * <p>May import {@code io.medley.model.reference}, {@code io.medley.model.blip} and below.
 */
@NullMarked
package io.medley.model.blip.reference;

import org.jspecify.annotations.NullMarked;
