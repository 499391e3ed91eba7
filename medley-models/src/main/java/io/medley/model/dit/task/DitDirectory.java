package io.medley.model.dit.task;

import io.medley.checkpoint.AtomicFile;
import io.medley.diffusion.DiffusionSystem;
import io.medley.model.dit.DitConfig;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Path;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * {@code config.json} of a text-to-picture model as Medley trains it; {@code model.safetensors} and {@code vocab.txt} lie beside it.
 *
 * @param config sizes; the condition is captions
 * @param system what the network's output means and how it is sampled: a name of {@link DiffusionSystem#named}
 */
public record DitDirectory(DitConfig config, String system) {
    private static final String TYPE = "medley-dit";

    public DitDirectory {
        if (!(config.condition() instanceof DitConfig.Captions)
                || config.inChannels() != 3
                || config.outChannels() != 3) {
            throw new MedleyException("text to picture: the network must take captions and 3 channels, and give 3");
        }
        DiffusionSystem.named(system); // refuses unknown names
    }

    /** Whether this is such a configuration. */
    public static boolean isOne(JsonNode json) {
        return json.path("model_type").asString("").equals(TYPE);
    }

    public static DitDirectory read(JsonNode json) {
        return new DitDirectory(
                new DitConfig(
                        json.path("image_size").asInt(0),
                        json.path("patch_size").asInt(0),
                        3,
                        3,
                        json.path("width").asInt(0),
                        json.path("depth").asInt(0),
                        json.path("heads").asInt(0),
                        json.path("mlp_width").asInt(0),
                        new DitConfig.Captions(
                                json.path("vocabulary").asInt(0),
                                json.path("caption_length").asInt(0),
                                json.path("caption_depth").asInt(-1))),
                json.path("system").asString(""));
    }

    /** Writes {@code config.json}. */
    public void write(Path folder) throws IOException {
        var captions = (DitConfig.Captions) config.condition();
        var json = JsonMapper.shared()
                .createObjectNode()
                .put("model_type", TYPE)
                .put("system", system)
                .put("image_size", config.imageSize())
                .put("patch_size", config.patchSize())
                .put("width", config.width())
                .put("depth", config.depth())
                .put("heads", config.heads())
                .put("mlp_width", config.mlpWidth())
                .put("vocabulary", captions.vocabulary())
                .put("caption_length", captions.length())
                .put("caption_depth", captions.depth());
        AtomicFile.write(folder.resolve("config.json"), json.toPrettyString() + "\n");
    }
}
