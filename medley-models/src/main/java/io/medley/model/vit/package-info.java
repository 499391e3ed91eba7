/**
 * The vision transformer (Dosovitskiy et al., "An Image is Worth 16x16 Words", 2021) as timm 0.4.12 and BLIP build it: patches, a class
 * token, learned positions, pre-norm blocks. Start with {@link io.medley.model.vit.VisionTransformer}.
 */
@NullMarked
package io.medley.model.vit;

import org.jspecify.annotations.NullMarked;
