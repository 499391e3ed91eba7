package io.medley.model.blip;

import io.medley.model.med.MedConfig;
import io.medley.model.vit.VitConfig;
import io.medley.tensor.MedleyException;
import tools.jackson.databind.JsonNode;

/** Reads configurations as the originals write them. */
public final class BlipConfigJson {
    private static final int MAX = 1 << 20;

    private BlipConfigJson() {}

    /** What a configuration file says: sizes, and the ids of special tokens. */
    public record Setup(BlipConfig config, BlipTokens tokens) {}

    /**
     * The form of salesforce/BLIP: {@code vit} (arguments of its vision transformer), {@code med_config} (its configs/med_config.json),
     * {@code embed_dim}, {@code prompt}, {@code tokenizer} (ids). LAVIS' flat vision keys are read too.
     *
     * <p>The vocabulary has at least as many rows as there are token ids: the original enlarges it after reading the configuration.
     */
    public static Setup upstream(JsonNode json) {
        var med = json.path("med_config");
        var tokenizer = json.path("tokenizer");
        int dec = integer(tokenizer, "bos_token_id", 30522);
        int enc = integer(tokenizer, "enc_token_id", 30523);
        var tokens = new BlipTokens(
                dec,
                enc,
                integer(tokenizer, "pad_token_id", integer(med, "pad_token_id", 0)),
                integer(tokenizer, "cls_token_id", 101),
                integer(tokenizer, "sep_token_id", 102));
        int vocabulary = Math.max(integer(med, "vocab_size", 30524), Math.max(dec, enc) + 1);
        int width = integer(med, "hidden_size", 768);
        var vision = json.has("vit") ? VitConfig.timm(json.path("vit")) : flatVision(json);
        var text = new MedConfig(
                vocabulary,
                width,
                integer(med, "num_hidden_layers", 12),
                integer(med, "num_attention_heads", 12),
                integer(med, "intermediate_size", 3072),
                integer(med, "max_position_embeddings", 512),
                vision.width(),
                med.path("layer_norm_eps").asDouble(1e-12));
        var config = new BlipConfig(
                vision,
                text,
                integer(json, "embed_dim", 256),
                true,
                json.path("prompt").asString(""));
        return new Setup(config, tokens);
    }

    /**
     * The form of Hugging Face's {@code BlipConfig}. Missing keys have its defaults, which differ from the original's (layer norm epsilon
     * 1e-5 in the image encoder).
     *
     * @throws MedleyException for an activation other than GELU
     */
    public static Setup huggingFace(JsonNode json) {
        var image = json.path("vision_config");
        var text = json.path("text_config");
        requireGelu(image);
        requireGelu(text);
        var vision = new VitConfig(
                integer(image, "image_size", 384),
                integer(image, "patch_size", 16),
                integer(image, "hidden_size", 768),
                integer(image, "num_hidden_layers", 12),
                integer(image, "num_attention_heads", 12),
                integer(image, "intermediate_size", 3072),
                image.path("layer_norm_eps").asDouble(1e-5));
        var med = new MedConfig(
                integer(text, "vocab_size", 30524),
                integer(text, "hidden_size", 768),
                integer(text, "num_hidden_layers", 12),
                integer(text, "num_attention_heads", 8),
                integer(text, "intermediate_size", 3072),
                integer(text, "max_position_embeddings", 512),
                vision.width(),
                text.path("layer_norm_eps").asDouble(1e-12));
        int dec = integer(text, "bos_token_id", 30522);
        // [ENC] follows [DEC] in every BLIP vocabulary; Hugging Face's configuration does not name it.
        var tokens = new BlipTokens(
                dec,
                Math.min(dec + 1, med.vocabularySize() - 1),
                integer(text, "pad_token_id", 0),
                101,
                integer(text, "sep_token_id", 102));
        boolean contrastive = json.path("architectures").path(0).asString("").equals("BlipModel");
        int embedDim =
                contrastive ? integer(json, "projection_dim", 512) : integer(json, "image_text_hidden_size", 256);
        return new Setup(new BlipConfig(vision, med, embedDim, false, ""), tokens);
    }

    private static void requireGelu(JsonNode part) {
        var activation = part.path("hidden_act").asString("gelu");
        if (!activation.equals("gelu")) {
            throw new MedleyException("BLIP configuration: hidden_act is \"" + activation
                    + "\", only \"gelu\" is known; use other weights");
        }
    }

    /** Whether a configuration has the form of {@link #huggingFace}. */
    public static boolean isHuggingFace(JsonNode json) {
        return json.path("model_type").asString("").equals("blip");
    }

    private static VitConfig flatVision(JsonNode json) {
        int width = integer(json, "vision_width", 768);
        return new VitConfig(
                integer(json, "image_size", 224),
                integer(json, "patch_size", 16),
                width,
                integer(json, "depth", 12),
                integer(json, "num_heads", 12),
                (int) Math.round(width * json.path("mlp_ratio").asDouble(4)),
                1e-6);
    }

    /** A whole number between 0 and a million, or what stands for it when the key is missing. */
    static int integer(JsonNode node, String key, int otherwise) {
        var value = node.path(key);
        if (value.isMissingNode() || value.isNull()) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || value.asLong() < 0 || value.asLong() > MAX) {
            throw new MedleyException("BLIP configuration: " + key + " is " + value
                    + ", expected a whole number from 0 to " + MAX + "; correct it in config.json");
        }
        return value.asInt();
    }
}
