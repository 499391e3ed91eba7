/**
 * U-Nets, the networks most diffusion models are made of: DDPM's ({@link io.medley.model.unet.DdpmUnet}, which also is diffusers'
 * {@code UNet2DModel}), and EDM's ({@link io.medley.model.unet.EdmUnet}): DDPM++, NCSN++ and ADM. They map a noisy picture and a number that says how noisy it is to a picture, and know nothing of what
 * that picture means, of schedules or of samplers. Names of parameters are those of the original code; other formats come in through
 * {@link io.medley.model.unet.UnetKeyMaps}.
 */
@NullMarked
package io.medley.model.unet;

import org.jspecify.annotations.NullMarked;
