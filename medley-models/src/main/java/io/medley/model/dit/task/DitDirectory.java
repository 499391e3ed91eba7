package io.medley.model.dit.task;

import io.medley.checkpoint.AtomicFile;
import io.medley.model.dit.DitConfig;
import io.medley.model.latent.LatentConfig;
import io.medley.model.med.MedConfig;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Optional;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code config.json} of a text-to-picture model as Medley trains it; {@code model.safetensors} and {@code vocab.txt} lie beside it.
 *
 * @param config sizes; the condition is captions, or features of the reader's width
 * @param system how noise becomes pictures and what the network predicts
 * @param captionLength tokens of every caption, padding included
 * @param reader the text transformer that reads captions, where the network has no encoder of its own
 * @param latent what the network draws, where it does not draw pixels; a patch of the network is one cell of it
 */
public record DitDirectory(
        DitConfig config,
        DitSystem system,
        int captionLength,
        Optional<MedConfig> reader,
        Optional<LatentConfig> latent) {
    private static final String TYPE = "medley-dit";
    private static final int PLANES = 3;
    private static final double BERT_EPS = 1e-12;

    public DitDirectory {
        int channels = latent.map(LatentConfig::channels).orElse(PLANES);
        if (!config.readsText() || config.inChannels() != channels || config.outChannels() != channels) {
            throw new MedleyException(
                    "text to picture: the network must take texts and " + channels + " channels, and give " + channels);
        }
        int side = latent.map(LatentConfig::grid).orElse(config.imageSize());
        if (side != config.imageSize()) {
            throw new MedleyException("text to picture: the network draws " + config.imageSize()
                    + " cells a side, its latent has " + side);
        }
        int width = config.condition() instanceof DitConfig.Features features ? features.width() : 0;
        if (width != reader.map(MedConfig::width).orElse(0)) {
            throw new MedleyException("text to picture: the network takes text features of width " + width
                    + ", its reader gives " + reader.map(MedConfig::width).orElse(0));
        }
        int most = config.condition() instanceof DitConfig.Captions captions
                ? captions.length()
                : reader.map(MedConfig::maxPositions).orElse(0);
        if (captionLength < 1 || captionLength > most) {
            throw new MedleyException("text to picture: captions of " + captionLength + " tokens; give 1 to " + most);
        }
    }

    /** A network that reads captions itself. */
    public static DitDirectory reading(DitConfig config, DitSystem system) {
        int length = config.condition() instanceof DitConfig.Captions captions ? captions.length() : 0;
        return new DitDirectory(config, system, length, Optional.empty(), Optional.empty());
    }

    /** Side of the pictures in pixels. */
    int pictureSize() {
        return latent.map(LatentConfig::imageSize).orElse(config.imageSize());
    }

    /** Whether this is such a configuration. */
    public static boolean isOne(JsonNode json) {
        return json.path("model_type").asString("").equals(TYPE);
    }

    /** Tokens the captions are made of. */
    int vocabulary() {
        return config.condition() instanceof DitConfig.Captions captions
                ? captions.vocabulary()
                : reader.map(MedConfig::vocabularySize).orElse(0);
    }

    public static DitDirectory read(JsonNode json) {
        int length = json.path("caption_length").asInt(0);
        int side = json.path("image_size").asInt(0);
        Optional<LatentConfig> latent =
                json.has("latent") ? Optional.of(latent(json.path("latent"), side)) : Optional.empty();
        int channels = latent.map(LatentConfig::channels).orElse(PLANES);
        Optional<MedConfig> reader = json.has("reader") ? Optional.of(reader(json.path("reader"))) : Optional.empty();
        DitConfig.Condition condition = reader.isPresent()
                ? new DitConfig.Features(reader.get().width())
                : new DitConfig.Captions(
                        json.path("vocabulary").asInt(0),
                        length,
                        json.path("caption_depth").asInt(-1));
        return new DitDirectory(
                new DitConfig(
                        side,
                        json.path("patch_size").asInt(0),
                        channels,
                        channels,
                        json.path("width").asInt(0),
                        json.path("depth").asInt(0),
                        json.path("heads").asInt(0),
                        json.path("mlp_width").asInt(0),
                        condition),
                new DitSystem(
                        json.path("system").asString(""),
                        DitSystem.Output.named(json.path("output").asString(DitSystem.Output.SYSTEM.key()))),
                length,
                reader,
                latent);
    }

    private static LatentConfig latent(JsonNode json, int grid) {
        var widths = new ArrayList<Integer>();
        json.path("widths").forEach(width -> widths.add(width.asInt(0)));
        return new LatentConfig(grid, json.path("channels").asInt(0), widths);
    }

    private static MedConfig reader(JsonNode json) {
        int width = json.path("width").asInt(0);
        return new MedConfig(
                json.path("vocabulary_size").asInt(0),
                width,
                json.path("layers").asInt(0),
                json.path("heads").asInt(0),
                json.path("mlp_width").asInt(0),
                json.path("max_positions").asInt(0),
                width,
                json.path("layer_norm_eps").asDouble(BERT_EPS));
    }

    /** Writes {@code config.json}. */
    public void write(Path folder) throws IOException {
        var json = JsonMapper.shared()
                .createObjectNode()
                .put("model_type", TYPE)
                .put("system", system.name())
                .put("output", system.output().key())
                .put("image_size", config.imageSize())
                .put("patch_size", config.patchSize())
                .put("width", config.width())
                .put("depth", config.depth())
                .put("heads", config.heads())
                .put("mlp_width", config.mlpWidth())
                .put("caption_length", captionLength);
        if (config.condition() instanceof DitConfig.Captions captions) {
            json.put("vocabulary", captions.vocabulary()).put("caption_depth", captions.depth());
        }
        reader.ifPresent(text -> json.putObject("reader")
                .put("vocabulary_size", text.vocabularySize())
                .put("width", text.width())
                .put("layers", text.layers())
                .put("heads", text.heads())
                .put("mlp_width", text.mlpWidth())
                .put("max_positions", text.maxPositions())
                .put("layer_norm_eps", text.layerNormEps()));
        latent.ifPresent(cells -> {
            var widths =
                    json.putObject("latent").put("channels", cells.channels()).putArray("widths");
            cells.widths().forEach(widths::add);
        });
        AtomicFile.write(folder.resolve("config.json"), json.toPrettyString() + "\n");
    }
}
