/**
 * Parts of losses that half the family tree shares: {@link io.medley.loss.MomentumPair}, {@link io.medley.loss.NegativeQueue},
 * {@link io.medley.loss.HardNegatives}, {@link io.medley.loss.Contrastive}. They know tensors and layers, no model.
 */
@NullMarked
package io.medley.loss;

import org.jspecify.annotations.NullMarked;
