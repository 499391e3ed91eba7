/**
 * Continuous generative models as one framework. A {@link io.medley.diffusion.ProbabilityPath} mixes data and noise; a {@link
 * io.medley.diffusion.Prediction} says what the network predicts; a {@link io.medley.diffusion.TimeSampler} and a {@link
 * io.medley.diffusion.Coupling} complete the training objective; a {@link io.medley.diffusion.Stepper} over a {@link
 * io.medley.diffusion.TimeGrid} is a sampler, which only calls {@link io.medley.diffusion.Denoiser#denoise}. DDPM, DDIM, score matching,
 * EDM, flow matching and rectified flow are configurations: {@link io.medley.diffusion.DiffusionSystem}.
 *
 * <p>States are float64, networks float32. May import {@code tensor}, {@code nn}, {@code optim} and {@code checkpoint} only. Start
 * reading at {@link io.medley.diffusion.Denoiser}.
 */
@NullMarked
package io.medley.diffusion;

import org.jspecify.annotations.NullMarked;
