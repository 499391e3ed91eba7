package io.medley.model.blip;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.checkpoint.Checkpoint;
import io.medley.decode.BeamRules;
import io.medley.decode.Continuation;
import io.medley.decode.Decoder;
import io.medley.decode.DecodingOptions;
import io.medley.decode.EarlyStopping;
import io.medley.decode.Strategy;
import io.medley.model.med.MedConfig;
import io.medley.model.med.MedDecoder;
import io.medley.model.vit.VisionTransformer;
import io.medley.model.vit.VitConfig;
import io.medley.nn.Weights;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of transformers 4.37, against its own BLIP (reference/hf_blip/captioning). */
final class HfBlipDecodingTest {
    private static final Path REFERENCE = Path.of("src/test/resources/reference/hf_blip/captioning");
    private static final int BOS = 58;
    private static final int SEP = 3;

    @ParameterizedTest
    @CsvSource({
        "generate_beams1, 1, 3, 12",
        "generate_beams3, 3, 3, 12",
        "generate_prompt_beams1, 1, 0, 14",
        "generate_prompt_beams3, 3, 0, 14"
    })
    void idsEqualTransformers(String name, int beams, int minLength, int maxLength) throws IOException {
        try (var scope = Scope.open();
                var cases = Checkpoint.open(REFERENCE.resolve("cases.safetensors"))) {
            var ids = decode(cases, name, beams, BeamRules.TRANSFORMERS_4_37, minLength, maxLength);
            assertThat(flat(ids)).isEqualTo(cases.load(name + ".out.ids").toLongs());
        }
    }

    /** The versions really differ here: with a prompt in the length, a short caption wins. */
    @Test
    void earlierRulesGiveAnotherCaption() throws IOException {
        try (var scope = Scope.open();
                var cases = Checkpoint.open(REFERENCE.resolve("cases.safetensors"))) {
            var name = "generate_prompt_beams3";
            var ids = decode(cases, name, 3, BeamRules.TRANSFORMERS_4_33, 0, 14);
            assertThat(flat(ids)).isNotEqualTo(cases.load(name + ".out.ids").toLongs());
        }
    }

    private static long[][] decode(
            Checkpoint cases, String name, int beams, BeamRules rules, int minLength, int maxLength)
            throws IOException {
        var weights = Weights.of(weights());
        var vision = new VisionTransformer(weights.at("visual_encoder"), new VitConfig(32, 8, 24, 2, 4, 48, 1e-5));
        var decoder = new MedDecoder(weights.at("text_decoder"), new MedConfig(60, 32, 2, 4, 64, 40, 24, 1e-12), false);
        var beam = new Strategy.Beam(beams, 1, EarlyStopping.HEURISTIC, rules);
        var options = new DecodingOptions(beam, minLength, maxLength, 1, 1, SEP);
        try (var memory = decoder.memory(vision.forward(cases.load(name + ".in.pixel_values")), null);
                var state = decoder.start(memory, maxLength)) {
            var results = Decoder.decode(state, prompts(cases, name, state.rows()), options);
            return Continuation.padded(results.stream().map(r -> r.get(0)).toList(), 0);
        }
    }

    /** Upstream writes BOS over the first id of a prompt and drops the last; without a prompt there is only BOS. */
    private static int[][] prompts(Checkpoint cases, String name, int rows) {
        var given = cases.names().contains(name + ".in.input_ids")
                ? cases.load(name + ".in.input_ids").toLongs()
                : new long[2 * rows];
        int width = given.length / rows;
        var prompts = new int[rows][width - 1];
        for (int r = 0; r < rows; r++) {
            for (int i = 0; i < width - 1; i++) {
                prompts[r][i] = i == 0 ? BOS : (int) given[r * width + i];
            }
        }
        return prompts;
    }

    private static LinkedHashMap<String, Tensor> weights() throws IOException {
        var weights = new LinkedHashMap<String, Tensor>();
        try (var model = Checkpoint.open(REFERENCE.resolve("model.safetensors"))) {
            for (var name : model.names()) {
                var own = name.replace("vision_model.embeddings.class_embedding", "visual_encoder.cls_token")
                        .replace("vision_model.embeddings.position_embedding", "visual_encoder.pos_embed")
                        .replace("vision_model.embeddings.patch_embedding", "visual_encoder.patch_embed.proj")
                        .replace("vision_model.encoder.layers", "visual_encoder.blocks")
                        .replace("vision_model.post_layernorm", "visual_encoder.norm")
                        .replace("layer_norm", "norm")
                        .replace("self_attn.qkv", "attn.qkv")
                        .replace("self_attn.projection", "attn.proj");
                weights.put(own, model.load(name));
            }
        }
        return weights;
    }

    private static long[] flat(long[][] rows) {
        return Arrays.stream(rows).flatMapToLong(Arrays::stream).toArray();
    }
}
