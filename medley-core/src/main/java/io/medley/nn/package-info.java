/**
 * The layers every system is made of: plain Java objects holding tensors.
 *
 * <p>Start with {@link io.medley.nn.Weights}: a layer asks it for its parameters by name and shape, and it answers with random values (to
 * train), a checkpoint's (to use) or placeholders (to know names and shapes without memory). Then {@link io.medley.nn.Linear} and
 * {@link io.medley.nn.Attention}, the one attention of the house. {@link io.medley.nn.Trace} records named intermediates of a forward pass
 * without changing its code. Imports {@code io.medley.tensor} only.
 */
@NullMarked
package io.medley.nn;

import org.jspecify.annotations.NullMarked;
