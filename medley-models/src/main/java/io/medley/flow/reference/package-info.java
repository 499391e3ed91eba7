/**
 * Normalizing flows of nflows, normflows and zuko, replayed from what the originals computed. Start reading at {@link
 * io.medley.flow.reference.FlowReplay}.
 */
@NullMarked
package io.medley.flow.reference;

import org.jspecify.annotations.NullMarked;
