/** Turning scores into texts: drives any {@link io.medley.decode.DecoderState}. */
@NullMarked
package io.medley.decode;

import org.jspecify.annotations.NullMarked;
