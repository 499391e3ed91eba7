/**
 * Replays of what no model owns: tokenizers, text cleaning and image transforms of medley-core. Start reading at
 * {@link io.medley.model.reference.core.WordPieceReplay}.
 */
@NullMarked
package io.medley.model.reference.core;

import org.jspecify.annotations.NullMarked;
