/**
 * Optimizers. {@link io.medley.optim.FlatParameters} keeps all parameters in one piece of memory, so that {@link io.medley.optim.AdamW}
 * takes a handful of operations however many tensors there are. Imports {@code io.medley.tensor} only.
 */
@NullMarked
package io.medley.optim;

import org.jspecify.annotations.NullMarked;
