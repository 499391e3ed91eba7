package io.medley.model.reference;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.Models;
import io.medley.tensor.Engine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Every stored result of the originals, recomputed. */
class ReplayTest {
    private static final Path ROOT = Path.of("src/test/resources/reference");

    /** Models this small lose time to threads that wait for each other. */
    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "vit",
                "blip/base",
                "blip/itm",
                "blip/decoder",
                "blip/pretrain",
                "blip/vqa",
                "blip/nlvr",
                "blip/retrieval",
                "blip_gradcam",
                "hf_blip/captioning",
                "hf_blip/vqa",
                "hf_blip/retrieval",
                "hf_blip/model",
                "ddim_unet",
                "edm_unet/ddpmpp",
                "edm_unet/ncsnpp",
                "edm_unet/adm",
                "diffusion/ddim",
                "diffusion/diffusers",
                "diffusion/edm",
                "flow_matching",
                "torchcfm",
                "rectified_flow",
                "dit",
                "wordpiece",
                "clip_bpe",
                "metrics"
            })
    void equalsTheOriginal(String name) throws IOException {
        var results = replay(ROOT.resolve(name));
        assertThat(results).isNotEmpty();
        assertThat(results.stream().filter(result -> !result.ok())).isEmpty();
    }

    private static List<CaseResult> replay(Path path) throws IOException {
        try (var directory = ReferenceDirectory.open(path)) {
            var results = new Comparison(directory);
            var replay = Models.replays().stream()
                    .filter(r -> r.recognises(directory))
                    .findFirst()
                    .orElseThrow();
            replay.run(directory, results);
            return results.results();
        }
    }
}
