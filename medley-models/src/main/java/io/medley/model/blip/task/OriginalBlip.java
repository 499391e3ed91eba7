package io.medley.model.blip.task;

import io.medley.checkpoint.Checkpoint;
import io.medley.model.ModelFiles;
import io.medley.model.blip.BlipConfig;
import io.medley.model.blip.BlipConfigJson;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.Set;
import tools.jackson.databind.JsonNode;

/** Weights under the names of salesforce/BLIP and LAVIS, with the original's configuration beside them or none. */
final class OriginalBlip {
    /** What training needs and use does not. */
    static final String[] TRAINING = {
        "visual_encoder_m.*", "text_encoder_m.*", "text_decoder_m.*", "vision_proj_m.*", "text_proj_m.*",
        "image_queue", "text_queue", "idx_queue", "queue_ptr", "ptr_queue"
    };

    /** What every caption begins with in the published captioners. */
    static final String PROMPT = "a picture of ";

    private OriginalBlip() {}

    /** Whether the configuration is the original's, or there is none and the weights have the original's names. */
    static boolean isOne(ModelFiles files) {
        if (files.config().isPresent()) {
            var json = files.config().get();
            return json.has("med_config") && (json.has("vit") || json.has("vision_width"));
        }
        if (Files.isDirectory(files.path()) && files.file("model_index.json").isPresent()) {
            return false;
        }
        try (var file = Checkpoint.open(files.weights())) {
            var names = file.unwrapped().names();
            return names.contains("visual_encoder.blocks.0.attn.qkv.weight")
                    && (names.contains("text_encoder.embeddings.word_embeddings.weight")
                            || names.contains("text_decoder.bert.embeddings.word_embeddings.weight"));
        } catch (MedleyException | IOException e) {
            return false; // no weights at all: another system, or the registry, says so
        }
    }

    /** Which head the weights are for, by their names. */
    static BlipDirectory.Part part(Set<String> names, String source) {
        boolean encoder = names.contains("text_encoder.embeddings.word_embeddings.weight");
        boolean decoder = names.contains("text_decoder.bert.embeddings.word_embeddings.weight")
                || names.contains("text_decoder.cls.predictions.bias");
        boolean matching = names.contains("itm_head.weight");
        if (decoder) {
            return matching
                    ? BlipDirectory.Part.PRETRAIN
                    : encoder ? BlipDirectory.Part.VQA : BlipDirectory.Part.CAPTION;
        }
        if (!matching) {
            throw new MedleyException(
                    source + ": BLIP weights without a head for captions, matching or answers; no task can use them");
        }
        return BlipDirectory.Part.ITM;
    }

    /** From the configuration if there is one, else that of the published model with an image encoder of this size. */
    static BlipConfig config(ModelFiles files, Checkpoint weights, BlipDirectory.Part part) {
        if (files.config().isPresent()) {
            JsonNode json = files.config().get();
            return BlipConfigJson.upstream(json).config();
        }
        long[] positions = weights.info("visual_encoder.pos_embed").shape();
        if (positions.length == 3 && positions[1] > 1 && positions[1] < 1 << 20) {
            int size = 16 * (int) Math.sqrt(positions[1] - 1);
            if (positions[2] == 768 || positions[2] == 1024) {
                var config = positions[2] == 768 ? BlipConfig.base(size) : BlipConfig.large(size);
                var prompt = part == BlipDirectory.Part.CAPTION ? PROMPT : "";
                return new BlipConfig(config.vision(), config.text(), config.embedDim(), config.tiedHead(), prompt);
            }
        }
        throw new MedleyException(files.path() + ": there is no config.json, and position embeddings "
                + Arrays.toString(positions)
                + " are none of the published models'; give a config.json with vit and med_config");
    }
}
