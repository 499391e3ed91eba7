package io.medley.model.blip;

import io.medley.model.med.MedConfig;
import io.medley.model.vit.VitConfig;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The published sizes and variants of BLIP: data, read from {@code variants.json} beside this class. */
public final class BlipVariants {
    private final JsonNode json;

    private BlipVariants(JsonNode json) {
        this.json = json;
    }

    /**
     * One published variant.
     *
     * @param name for example {@code blip-caption-base}
     * @param kind what its weights are for
     * @param config sizes
     */
    public record Variant(String name, BlipKind kind, BlipConfig config) {}

    public static BlipVariants read() {
        try (var in = Objects.requireNonNull(BlipVariants.class.getResourceAsStream("variants.json"))) {
            return new BlipVariants(JsonMapper.shared().readTree(in));
        } catch (IOException e) {
            throw new UncheckedIOException("variants.json: cannot be read", e);
        }
    }

    /** All variants, in the order of the file. */
    public List<Variant> all() {
        var variants = new ArrayList<Variant>();
        for (var node : json.path("variants")) {
            variants.add(new Variant(
                    node.path("name").asString(),
                    BlipKind.named(node.path("kind").asString()),
                    config(
                            json.path("vit").path(node.path("vit").asString()),
                            node.path("image_size").asInt(),
                            node.path("prompt").asString(""))));
        }
        return variants;
    }

    /** The sizes of the published image encoder of a width, seeing {@code grid} patches a side; for weights without a configuration. */
    public Optional<BlipConfig> ofWidth(long width, int grid) {
        for (var vit : json.path("vit")) {
            if (vit.path("embed_dim").asLong() == width) {
                return Optional.of(config(vit, grid * vit.path("patch_size").asInt(), ""));
            }
        }
        return Optional.empty();
    }

    private BlipConfig config(JsonNode vit, int imageSize, String prompt) {
        int width = vit.path("embed_dim").asInt();
        var vision = new VitConfig(
                imageSize,
                vit.path("patch_size").asInt(),
                width,
                vit.path("depth").asInt(),
                vit.path("num_heads").asInt(),
                (int) Math.round(width * vit.path("mlp_ratio").asDouble()),
                vit.path("layer_norm_eps").asDouble());
        var med = json.path("med_config");
        var text = new MedConfig(
                med.path("vocab_size").asInt(),
                med.path("hidden_size").asInt(),
                med.path("num_hidden_layers").asInt(),
                med.path("num_attention_heads").asInt(),
                med.path("intermediate_size").asInt(),
                med.path("max_position_embeddings").asInt(),
                width,
                med.path("layer_norm_eps").asDouble());
        return new BlipConfig(vision, text, json.path("embed_dim").asInt(), true, prompt);
    }
}
