/**
 * Agreement with the originals: directories of inputs and outputs that the original code computed, and how a system replays them. {@code
 * medley verify} and the parity tests run the same replays.
 *
 * <p>May import {@code io.medley.checkpoint} and {@code io.medley.tensor}. Start reading at {@link io.medley.model.reference.Replay}.
 */
@NullMarked
package io.medley.model.reference;

import org.jspecify.annotations.NullMarked;
