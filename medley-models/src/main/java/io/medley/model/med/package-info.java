/**
 * MED, BLIP's mixture of encoder and decoder (Li et al., "BLIP", 2022, section 3.1): one BERT whose every layer can look at an image.
 *
 * <p>Three modes: text alone; text that sees the image, bidirectional; text that sees the image, causal. Start with
 * {@link io.medley.model.med.MedEncoder} and follow {@link io.medley.model.med.MedLayer}; {@link io.medley.model.med.CrossMemory} is the
 * image's keys and values, computed once and shared by everything that looks at that image;
 * {@link io.medley.model.med.MedDecoderState} generates with caches, {@link io.medley.model.med.MedContinuousState} for images that come one
 * after another.
 */
@NullMarked
package io.medley.model.med;

import org.jspecify.annotations.NullMarked;
