/**
 * Picture files in, model inputs out: decoding, Pillow-equal resizing, the transforms of the BLIP, ALBEF and CLIP families, and the
 * heat-map overlay. Imports nothing of Medley but {@link io.medley.tensor.MedleyException}. Start at {@link io.medley.image.Images} (files to
 * {@link io.medley.image.RgbImage}) and {@link io.medley.image.ImageTransforms} (images to floats).
 */
@NullMarked
package io.medley.image;

import org.jspecify.annotations.NullMarked;
