package io.medley.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.tensor.Scope;
import java.nio.file.Path;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Archives as torch wrote them hold the same tensors as the safetensors file beside them. */
class CheckpointReferenceTest {
    private static final Path REFERENCE = Path.of("src/test/resources/reference");

    @ParameterizedTest
    @CsvSource({
        "blip/decoder, checkpoint.pth",
        "blip/decoder, checkpoint_legacy.pth",
        "albef/pretrain, checkpoint.pth",
        "clip/vit, model_jit.pt"
    })
    void torchArchivesHoldWhatSafetensorsHold(String directory, String file) throws Exception {
        try (Checkpoint archive = Checkpoint.open(REFERENCE.resolve(directory).resolve(file));
                Checkpoint expected = Checkpoint.open(REFERENCE.resolve(directory))) {
            Checkpoint weights = archive.unwrapped();
            assertThat(weights.names()).containsAll(expected.names());
            // TorchScript keeps some attributes of modules as tensors that are no parameters.
            assertThat(weights.names()).hasSameSizeAs(expected.names());
            for (String name : expected.names()) {
                assertThat(weights.info(name)).as(name).isEqualTo(expected.info(name));
                assertThat(weights.bytes(name)).as(name).isEqualTo(expected.bytes(name));
                try (Scope scope = Scope.open()) {
                    var loaded = weights.load(name);
                    assertThat(loaded.shape()).isEqualTo(expected.info(name).shape());
                    assertThat(loaded.toDoubles()).isEqualTo(expected.load(name).toDoubles());
                }
            }
        }
    }

    @Test
    void aWrapperIsSelectedByNameOrUnwrapped() throws Exception {
        try (Checkpoint archive = Checkpoint.open(REFERENCE.resolve("blip/decoder/checkpoint.pth"))) {
            assertThat(archive.names()).allMatch(n -> n.startsWith("model."));
            Set<String> names = archive.sub("model").names();
            assertThat(names).contains("visual_encoder.cls_token");
            assertThat(archive.unwrapped().names()).isEqualTo(names);
            assertThat(archive.value("model.visual_encoder.cls_token"))
                    .isEqualTo(archive.info("model.visual_encoder.cls_token"));
        }
    }
}
