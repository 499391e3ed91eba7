/**
 * Pictures as grids of a few numbers for each patch, and back: {@link io.medley.model.latent.LatentDecoder} draws what
 * {@link io.medley.model.latent.LatentEncoder} keeps of the tokens of a trained image encoder (a representation autoencoder: Zheng et al.,
 * "Diffusion Transformers with Representation Autoencoders", 2025). A network that learns to draw learns it faster there: the numbers tell
 * what is shown, not only which colours it has, and the decoder, not the network, sees to it that patches fit together.
 */
@NullMarked
package io.medley.model.latent;

import org.jspecify.annotations.NullMarked;
