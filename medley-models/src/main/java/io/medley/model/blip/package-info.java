/**
 * BLIP (Li et al., "BLIP: Bootstrapping Language-Image Pre-training", ICML 2022), after salesforce/BLIP: a vision transformer and MED, with
 * a head for each use.
 *
 * <p>Read in this order: {@link io.medley.model.blip.BlipConfig}; {@link io.medley.model.blip.BlipCaptioner}, the image-grounded decoder;
 * {@link io.medley.model.blip.BlipMatcher}, the unimodal and the image-grounded encoder; {@link io.medley.model.blip.BlipPretraining}, all
 * of it at once with the losses ITC + ITM + LM. Then the heads that were tuned from it: {@link io.medley.model.blip.BlipVqa},
 * {@link io.medley.model.blip.BlipNlvr}, {@link io.medley.model.blip.BlipRetrieval}. Parameter names are those of the original's
 * checkpoints.
 *
 * <p>Files: {@link io.medley.model.blip.BlipConfigJson} reads the configurations of others, {@link io.medley.model.blip.BlipKeyMaps} renames
 * their weights, {@link io.medley.model.blip.BlipVariants} lists what was published. {@code task} serves it, {@code reference} proves it.
 */
@NullMarked
package io.medley.model.blip;

import org.jspecify.annotations.NullMarked;
