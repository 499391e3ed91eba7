/**
 * Diffusion transformers: {@link io.medley.model.dit.Dit} (Peebles and Xie, "Scalable Diffusion Models with Transformers", 2023), which
 * knows classes or, through a small text encoder and cross-attention, captions. Made of the parts of {@code io.medley.model.vit}; like a
 * U-Net it maps a noisy picture and a time to a picture, and knows nothing of what that means.
 */
@NullMarked
package io.medley.model.dit;

import org.jspecify.annotations.NullMarked;
