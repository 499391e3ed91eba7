/**
 * LibTorch behind one door: the only package of Medley that imports {@code org.bytedeco}.
 *
 * <p>Start with {@link io.medley.tensor.Tensor}, whose methods read like the papers, then {@link io.medley.tensor.Scope}, which says when
 * native memory is freed: open one per step or request, hand results out with {@code keep}. {@link io.medley.tensor.NoGrad} switches
 * gradients off for a block, {@link io.medley.tensor.Generator} is where randomness comes from, {@link io.medley.tensor.PackedLinear} and
 * {@link io.medley.tensor.PackedConvolution} are maps prepared for fast inference, {@link io.medley.tensor.Parallel} does pieces of it side by
 * side, {@link io.medley.tensor.Engine} tells what was loaded. Imports nothing else of Medley.
 */
@NullMarked
package io.medley.tensor;

import org.jspecify.annotations.NullMarked;
