package io.medley.model.blip.task;

import io.medley.model.blip.BlipConfig;
import io.medley.model.med.MedConfig;
import io.medley.model.med.Sharing;
import io.medley.model.vit.VitConfig;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Arrays;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code config.json} of Medley's own BLIP directories: sizes, and which file holds the weights of which part.
 *
 * <pre>{@code
 * {"format": "medley", "system": "blip",
 *  "vision": {"image_size": 64, "patch_size": 8, "width": 192, "depth": 5, "heads": 6, "mlp_width": 768, "layer_norm_eps": 1e-6, "stem": "patches"},
 *  "text": {"vocabulary_size": 419, "width": 192, "layers": 3, "heads": 6, "mlp_width": 768, "max_positions": 64, "layer_norm_eps": 1e-12},
 *  "embed_dim": 128, "tied_head": true, "prompt": "", "sharing": "all_but_self_attention",
 *  "parts": {"pretrain": "model.safetensors", "vqa": "vqa.safetensors"}}
 * }</pre>
 *
 * <p>Beside it lie the weights and {@code vocab.txt}.
 *
 * @param parts at least one; values are plain file names in the same directory
 * @param labels categories of the part {@code classify}, in order; none without it
 */
public record BlipDirectory(BlipConfig config, Map<Part, String> parts, List<String> labels) {
    private static final String FILE = "config.json";

    /** What a file of weights is for; all names are upstream's. */
    public enum Part {
        /** {@code BLIP_Pretrain} without momentum copies and queues: captions, matching, embeddings. */
        PRETRAIN,
        /** {@code BLIP_Decoder}: captions. */
        CAPTION,
        /** {@code BLIP_ITM}: matching and embeddings. */
        ITM,
        /** {@code BLIP_VQA}: answers. */
        VQA,
        /** {@code BLIP_ITM} with the temperature of {@code BLIP_Retrieval}: the same, tuned for retrieval. */
        RETRIEVAL,
        /** {@code BLIP_NLVR}: sentences about two images. */
        NLVR,
        /** {@code BlipClassification} of LAVIS: categories, named by {@code labels}. */
        CLASSIFY;

        /** As {@code config.json} writes it. */
        public String key() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** Without categories. */
    public BlipDirectory(BlipConfig config, Map<Part, String> parts) {
        this(config, parts, List.of());
    }

    public BlipDirectory {
        labels = List.copyOf(labels);
        if (parts.containsKey(Part.CLASSIFY) != labels.size() > 1) {
            throw new MedleyException("BLIP configuration: " + labels.size()
                    + " \"labels\"; give two or more with the part \"classify\", and none without it");
        }
        if (parts.isEmpty()) {
            throw new MedleyException(
                    "BLIP configuration: \"parts\" is empty; name at least one file of weights, as {\""
                            + Part.PRETRAIN.key() + "\": \"model.safetensors\"}");
        }
        parts = Collections.unmodifiableMap(new EnumMap<>(parts));
        parts.forEach((part, file) -> {
            if (!file.matches("[A-Za-z0-9._-]{1,100}") || file.startsWith(".")) {
                throw new MedleyException("BLIP configuration: the file of part \"" + part.key()
                        + "\" is not a plain file name; put it into the same directory");
            }
        });
    }

    /** Whether this is such a configuration. */
    static boolean isOne(JsonNode json) {
        return json.path("format").asString("").equals("medley")
                && json.path("system").asString("").equals("blip");
    }

    /**
     * @param source where it is from, for messages
     * @throws MedleyException when a value is missing or impossible
     */
    static BlipDirectory read(JsonNode json, String source) {
        var fields = new Fields(source, json, "");
        var vision = fields.at("vision");
        var text = fields.at("text");
        int visionWidth = vision.size("width");
        var config = new BlipConfig(
                new VitConfig(
                        vision.size("image_size"),
                        vision.size("patch_size"),
                        visionWidth,
                        vision.layers("depth"),
                        vision.size("heads"),
                        vision.size("mlp_width"),
                        vision.number("layer_norm_eps"),
                        vision.stem()),
                new MedConfig(
                        text.size("vocabulary_size"),
                        text.size("width"),
                        text.layers("layers"),
                        text.size("heads"),
                        text.size("mlp_width"),
                        text.size("max_positions"),
                        visionWidth,
                        text.number("layer_norm_eps")),
                fields.size("embed_dim"),
                json.path("tied_head").asBoolean(true),
                json.path("prompt").asString(""),
                fields.sharing());
        var parts = new EnumMap<Part, String>(Part.class);
        for (var entry : fields.at("parts").json.properties()) {
            parts.put(part(entry.getKey(), source), entry.getValue().asString(""));
        }
        var labels = json.path("labels").valueStream().map(JsonNode::asString).toList();
        return new BlipDirectory(config, parts, labels);
    }

    private static Part part(String key, String source) {
        return Arrays.stream(Part.values())
                .filter(part -> part.key().equals(key))
                .findFirst()
                .orElseThrow(() -> new MedleyException(source + ": there is no part \"" + key + "\"; expected "
                        + Arrays.stream(Part.values()).map(Part::key).collect(Collectors.joining(", "))));
    }

    /** Writes {@code config.json} into a directory, under a temporary name first. */
    public void write(Path directory) throws IOException {
        var temporary = Files.createTempFile(directory, ".config", ".tmp");
        try {
            Files.writeString(temporary, json().toPrettyString() + "\n");
            Files.move(temporary, directory.resolve(FILE), StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** As JSON. */
    ObjectNode json() {
        var json = JsonMapper.shared().createObjectNode();
        json.put("format", "medley").put("system", "blip");
        var vision = config.vision();
        json.putObject("vision")
                .put("image_size", vision.imageSize())
                .put("patch_size", vision.patchSize())
                .put("width", vision.width())
                .put("depth", vision.depth())
                .put("heads", vision.heads())
                .put("mlp_width", vision.mlpWidth())
                .put("layer_norm_eps", vision.layerNormEps())
                .put("stem", vision.stem().name().toLowerCase(Locale.ROOT));
        var text = config.text();
        json.putObject("text")
                .put("vocabulary_size", text.vocabularySize())
                .put("width", text.width())
                .put("layers", text.layers())
                .put("heads", text.heads())
                .put("mlp_width", text.mlpWidth())
                .put("max_positions", text.maxPositions())
                .put("layer_norm_eps", text.layerNormEps());
        json.put("embed_dim", config.embedDim())
                .put("tied_head", config.tiedHead())
                .put("prompt", config.prompt())
                .put("sharing", config.sharing().word());
        var files = json.putObject("parts");
        parts.forEach((part, file) -> files.put(part.key(), file));
        if (!labels.isEmpty()) {
            labels.forEach(json.putArray("labels")::add);
        }
        return json;
    }

    /** Checked access to the values of an object. */
    private record Fields(String source, JsonNode json, String path) {
        private static final int MOST = 1 << 20;
        private static final int MOST_LAYERS = 1000;

        /** Patches unless the file says otherwise. */
        VitConfig.Stem stem() {
            var text = json.path("stem").asString("patches");
            return Arrays.stream(VitConfig.Stem.values())
                    .filter(stem -> stem.name().equalsIgnoreCase(text))
                    .findFirst()
                    .orElseThrow(() -> wrong("stem", "patches or convolutions"));
        }

        /** BLIP's unless the file says otherwise. */
        Sharing sharing() {
            return Sharing.of(json.path("sharing").asString(Sharing.ALL_BUT_SELF_ATTENTION.word()))
                    .orElseThrow(() -> wrong(
                            "sharing",
                            Arrays.stream(Sharing.values()).map(Sharing::word).collect(Collectors.joining(", "))));
        }

        Fields at(String key) {
            var child = json.path(key);
            if (!child.isObject()) {
                throw wrong(key, "an object");
            }
            return new Fields(source, child, path + key + ".");
        }

        int size(String key) {
            return integer(key, MOST);
        }

        int layers(String key) {
            return integer(key, MOST_LAYERS);
        }

        private int integer(String key, int most) {
            var value = json.path(key);
            if (!value.isInt() || value.intValue() < 1 || value.intValue() > most) {
                throw wrong(key, "a whole number from 1 to " + most);
            }
            return value.intValue();
        }

        double number(String key) {
            var value = json.path(key);
            if (!value.isNumber() || !Double.isFinite(value.doubleValue())) {
                throw wrong(key, "a number");
            }
            return value.doubleValue();
        }

        private MedleyException wrong(String key, String expected) {
            var found =
                    json.path(key).isMissingNode() ? "nothing" : json.path(key).toString();
            var shown = found.length() > 60 ? found.substring(0, 60) + "…" : found;
            return new MedleyException(source + ": " + path + key + " is " + shown + ", expected " + expected);
        }
    }
}
