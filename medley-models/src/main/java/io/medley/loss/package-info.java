/**
 * Parts of losses that half the family tree shares: {@link io.medley.loss.MomentumPair}, {@link io.medley.loss.NegativeQueue},
 * {@link io.medley.loss.HardNegatives}, {@link io.medley.loss.Contrastive}, {@link io.medley.loss.GradientCache} for batches larger than
 * memory, and {@link io.medley.loss.Gather} for batches spread over processes. They know tensors and layers, no model.
 */
@NullMarked
package io.medley.loss;

import org.jspecify.annotations.NullMarked;
