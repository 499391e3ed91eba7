package io.medley.model.blip.task;

import static io.medley.checkpoint.KeyMap.rename;

import io.medley.checkpoint.KeyMap;
import io.medley.model.blip.BlipConfig;
import io.medley.model.med.MedConfig;
import io.medley.model.vit.VitConfig;
import io.medley.tensor.MedleyException;
import tools.jackson.databind.JsonNode;

/** BLIP as Hugging Face transformers stores it: other names for the image encoder, another configuration. */
final class HuggingFaceBlip {
    private static final int MOST = 1 << 20;
    private static final int MOST_LAYERS = 1000;

    /** Their names → those of salesforce/BLIP. */
    static final KeyMap NAMES = KeyMap.of(
            rename("vision_model.embeddings.class_embedding", "visual_encoder.cls_token"),
            rename("vision_model.embeddings.position_embedding", "visual_encoder.pos_embed"),
            rename("vision_model.embeddings.patch_embedding.{}", "visual_encoder.patch_embed.proj.{}"),
            rename("vision_model.encoder.layers.{}.self_attn.qkv.{}", "visual_encoder.blocks.{}.attn.qkv.{}"),
            rename("vision_model.encoder.layers.{}.self_attn.projection.{}", "visual_encoder.blocks.{}.attn.proj.{}"),
            rename("vision_model.encoder.layers.{}.layer_norm1.{}", "visual_encoder.blocks.{}.norm1.{}"),
            rename("vision_model.encoder.layers.{}.layer_norm2.{}", "visual_encoder.blocks.{}.norm2.{}"),
            rename("vision_model.encoder.layers.{}.mlp.{}.{}", "visual_encoder.blocks.{}.mlp.{}.{}"),
            rename("vision_model.post_layernorm.{}", "visual_encoder.norm.{}"));

    private HuggingFaceBlip() {}

    static boolean isOne(JsonNode json) {
        return json.path("model_type").asString("").equals("blip");
    }

    /**
     * Sizes; a missing key has transformers' default.
     *
     * @param tied whether the weights lack a matrix of the language-model head's own
     * @param prompt what captions begin with; the files do not say
     */
    static BlipConfig config(JsonNode json, boolean tied, String prompt, String source) {
        var vision = new Section(json.path("vision_config"), source, "vision_config.");
        var text = new Section(json.path("text_config"), source, "text_config.");
        vision.requireGelu();
        text.requireGelu();
        int width = vision.integer("hidden_size", 768, MOST);
        return new BlipConfig(
                new VitConfig(
                        vision.integer("image_size", 384, MOST),
                        vision.integer("patch_size", 16, MOST),
                        width,
                        vision.integer("num_hidden_layers", 12, MOST_LAYERS),
                        vision.integer("num_attention_heads", 12, MOST),
                        vision.integer("intermediate_size", 3072, MOST),
                        vision.json.path("layer_norm_eps").asDouble(1e-5)),
                new MedConfig(
                        text.integer("vocab_size", 30524, MOST),
                        text.integer("hidden_size", 768, MOST),
                        text.integer("num_hidden_layers", 12, MOST_LAYERS),
                        text.integer("num_attention_heads", 8, MOST),
                        text.integer("intermediate_size", 3072, MOST),
                        text.integer("max_position_embeddings", 512, MOST),
                        width,
                        text.json.path("layer_norm_eps").asDouble(1e-12)),
                new Section(json, source, "").integer("image_text_hidden_size", 256, MOST),
                tied,
                prompt);
    }

    private record Section(JsonNode json, String source, String path) {
        int integer(String key, int otherwise, int most) {
            var value = json.path(key);
            if (value.isMissingNode() || value.isNull()) {
                return otherwise;
            }
            if (!value.isInt() || value.intValue() < 1 || value.intValue() > most) {
                throw new MedleyException(
                        source + ": " + path + key + " is " + value + ", expected a whole number from 1 to " + most);
            }
            return value.intValue();
        }

        void requireGelu() {
            var activation = json.path("hidden_act").asString("gelu");
            if (!activation.equals("gelu")) {
                throw new MedleyException(
                        source + ": " + path + "hidden_act is \"" + activation + "\", only \"gelu\" is known");
            }
        }
    }
}
