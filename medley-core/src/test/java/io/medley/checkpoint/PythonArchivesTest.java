package io.medley.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigInteger;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Archives by torch 2.13 (see {@code make_archives.py} beside them) hold what Python put into them. */
class PythonArchivesTest {
    private static final Path HERE = Path.of("src/test/resources/io/medley/checkpoint");

    @ParameterizedTest
    @ValueSource(strings = {"training.pth", "training_legacy.pth"})
    void everyTensorIsThereHoweverItWasStored(String file) throws Exception {
        try (Checkpoint archive = Checkpoint.open(HERE.resolve(file));
                Checkpoint expected = Checkpoint.open(HERE.resolve("expected.safetensors"))) {
            List<String> names = expected.names().stream()
                    .filter(n -> !n.startsWith("scripted."))
                    .toList();
            assertThat(archive.names()).containsExactlyInAnyOrderElementsOf(names);
            for (String name : names) {
                assertThat(archive.info(name)).as(name).isEqualTo(expected.info(name));
                assertThat(archive.bytes(name)).as(name).isEqualTo(expected.bytes(name));
            }
            assertThat(archive.unwrapped().names()).contains("f32").doesNotContain("state_dict.f32");
            assertThat(expected.metadata()).containsEntry("made", "by Python");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"training.pth", "training_legacy.pth"})
    void otherValuesAreReadAsPlainJava(String file) throws Exception {
        try (Checkpoint archive = Checkpoint.open(HERE.resolve(file))) {
            assertThat(archive.value("epoch")).isEqualTo(3L);
            assertThat(archive.value("best")).isEqualTo(0.75);
            assertThat(archive.value("count")).isEqualTo(9L);
            assertThat(archive.value("config.lr")).isEqualTo(1e-4);
            assertThat(archive.value("config.nothing")).isNull();
            assertThat(archive.value("config.sizes")).isEqualTo(List.of(1L, 2L, 3L));
            assertThat(archive.value("config.sizes.1")).isEqualTo(2L);
            assertThat(archive.value("config.big")).isEqualTo(BigInteger.TWO.pow(70));
            assertThat(archive.value("config.tags")).isEqualTo(List.of("a"));
            assertThat(archive.value("args"))
                    .isEqualTo(
                            Map.of("image_size", 96L, "output", "out/run", "device", "cpu", "dtype", "torch.float16"));
            assertThat(archive.value("shape")).isEqualTo(List.of(2L, 3L));
            assertThat(archive.value("list.1")).isEqualTo("text");
            assertThat(archive.value("optimizer.param_groups.0.lr")).isEqualTo(1e-3);
            assertThat(archive.value("optimizer.state.0.exp_avg")).isEqualTo(archive.info("optimizer.state.0.exp_avg"));
            assertThat(archive.value("no.such.thing")).isNull();
            assertThat(archive.sub("config").value("name")).isEqualTo("tiny");
        }
    }

    @Test
    void aScriptedModulesTensorsAndAttributesAreReadWithoutItsCode() throws Exception {
        try (Checkpoint scripted = Checkpoint.open(HERE.resolve("scripted.pt"));
                Checkpoint expected =
                        Checkpoint.open(HERE.resolve("expected.safetensors")).sub("scripted")) {
            assertThat(scripted.names()).isEqualTo(expected.names());
            for (String name : expected.names()) {
                assertThat(scripted.info(name)).as(name).isEqualTo(expected.info(name));
                assertThat(scripted.bytes(name)).as(name).isEqualTo(expected.bytes(name));
            }
            assertThat(scripted.value("resolution")).isEqualTo(224L);
            assertThat(scripted.value("inner.sizes")).isEqualTo(List.of(1L, 2L));
        }
    }

    @Test
    void contiguousTensorsAreNotCopied() throws Exception {
        try (Checkpoint archive = Checkpoint.open(HERE.resolve("training.pth"))) {
            for (String name : List.of("state_dict.f32", "state_dict.rows", "state_dict.bf16")) {
                assertThat(archive.bytes(name).isReadOnly()).as(name).isTrue();
            }
            assertThat(archive.bytes("state_dict.transposed").isReadOnly()).isFalse();
            assertThat(Arrays.toString(archive.info("state_dict.transposed").shape()))
                    .isEqualTo("[6, 4]");
        }
    }
}
