package io.medley.model.blip;

import static io.medley.checkpoint.KeyMap.rename;

import io.medley.checkpoint.KeyMap;

/** Names of weights in other formats → names of salesforce/BLIP, which are ours. */
public final class BlipKeyMaps {
    /** Hugging Face transformers: the image encoder has other names, the rest the original's. */
    public static final KeyMap HUGGING_FACE = KeyMap.of(
            rename("vision_model.embeddings.class_embedding", "visual_encoder.cls_token"),
            rename("vision_model.embeddings.position_embedding", "visual_encoder.pos_embed"),
            rename("vision_model.embeddings.patch_embedding.{}", "visual_encoder.patch_embed.proj.{}"),
            rename("vision_model.encoder.layers.{}.self_attn.qkv.{}", "visual_encoder.blocks.{}.attn.qkv.{}"),
            rename("vision_model.encoder.layers.{}.self_attn.projection.{}", "visual_encoder.blocks.{}.attn.proj.{}"),
            rename("vision_model.encoder.layers.{}.layer_norm1.{}", "visual_encoder.blocks.{}.norm1.{}"),
            rename("vision_model.encoder.layers.{}.layer_norm2.{}", "visual_encoder.blocks.{}.norm2.{}"),
            rename("vision_model.encoder.layers.{}.mlp.{}.{}", "visual_encoder.blocks.{}.mlp.{}.{}"),
            rename("vision_model.post_layernorm.{}", "visual_encoder.norm.{}"));

    /** {@code BlipModel}, whose text tower and projections have names of their own too. */
    public static final KeyMap HUGGING_FACE_CONTRASTIVE = HUGGING_FACE.then(KeyMap.of(
            rename("text_model.*", "text_encoder.*"),
            rename("visual_projection.{}", "vision_proj.{}"),
            rename("text_projection.{}", "text_proj.{}")));

    private BlipKeyMaps() {}
}
