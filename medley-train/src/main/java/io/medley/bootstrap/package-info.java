/**
 * Bootstrapping as a whole circle (Li et al. 2022, section 3.3): pre-train on noisy pairs, tune a captioner and a filter on clean ones, let them
 * rewrite the noisy pairs, pre-train again on the result.
 *
 * <p>Start with {@link io.medley.bootstrap.Bootstrap}; {@link io.medley.bootstrap.BootstrapExperiment} is the proof on the small world. May
 * import everything of {@code medley-train} and below.
 */
@NullMarked
package io.medley.bootstrap;

import org.jspecify.annotations.NullMarked;
