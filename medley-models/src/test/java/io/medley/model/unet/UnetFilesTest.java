package io.medley.model.unet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.checkpoint.Checkpoint;
import io.medley.checkpoint.SafetensorsWriter;
import io.medley.model.ModelFiles;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Files as the originals wrote them, with what the originals computed: {@code UNet2DModel.save_pretrained} of diffusers (main branch, November
 * 2026), a training checkpoint of gnobitab/RectifiedFlow (its {@code NCSNpp} after two steps), and ddim's list, whose averages are the weights
 * of the reference directory.
 */
class UnetFilesTest {
    private static final Path FILES = Path.of("src/test/resources/unet");

    @TempDir
    private Path folder;

    @Test
    void readsDiffusersDirectories() throws IOException {
        try (var scope = Scope.open();
                var off = NoGrad.open();
                var expected = Checkpoint.open(FILES.resolve("diffusers/expected.safetensors"))) {
            var unet = UnetFiles.load(files("diffusers"), true).model();
            assertClose(unet.forward(expected.load("x"), expected.load("t")), expected.load("out"));
        }
    }

    @Test
    void readsDiffusersWithClassesHeadsAndScaleShift() throws IOException {
        try (var scope = Scope.open();
                var off = NoGrad.open();
                var expected = Checkpoint.open(FILES.resolve("diffusers_classes/expected.safetensors"))) {
            var unet =
                    (DdpmUnet) UnetFiles.load(files("diffusers_classes"), true).model();
            var out = unet.forward(expected.load("x"), expected.load("t"), expected.load("classes"), null);
            assertClose(out, expected.load("out"));
            assertThatThrownBy(() -> unet.forward(expected.load("x"), expected.load("t")))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("give one a picture");
        }
    }

    @ParameterizedTest
    @CsvSource({"false, weights", "true, averages"})
    void readsRectifiedFlowAndItsListOfAverages(boolean averaged, String key) throws IOException {
        try (var scope = Scope.open();
                var off = NoGrad.open();
                var expected = Checkpoint.open(FILES.resolve("rectified_flow/expected.safetensors"))) {
            var unet = UnetFiles.load(files("rectified_flow"), averaged).model();
            assertClose(unet.forward(expected.load("x"), expected.load("t")), expected.load(key));
        }
    }

    @Test
    void readsDdimCheckpointsWithoutConfiguration() throws IOException {
        var file = ModelFiles.at("ddim", FILES.resolve("ddim.ckpt"));
        try (var scope = Scope.open();
                var off = NoGrad.open();
                var expected = Checkpoint.open(Path.of("src/test/resources/reference/ddim_unet/cases.safetensors"))) {
            var x = expected.load("forward.in.x");
            var t = expected.load("forward.in.t");
            assertClose(UnetFiles.load(file, true).model().forward(x, t), expected.load("forward.out.out"));
            var zeros = UnetFiles.load(file, false).model().forward(x, t);
            assertThat(zeros.abs().sum().item()).isZero();
        }
    }

    @Test
    void refusesAveragesThatAreNotThoseOfTheParameters() throws IOException {
        var config = Files.readString(FILES.resolve("rectified_flow/config.json"));
        Files.writeString(
                folder.resolve("config.json"), config.replace("\"num_res_blocks\": 1", "\"num_res_blocks\": 2"));
        Files.copy(FILES.resolve("rectified_flow/checkpoint.pth"), folder.resolve("checkpoint.pth"));
        assertThatThrownBy(() -> UnetFiles.load(ModelFiles.at("other", folder), true))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("is the configuration the one");
    }

    @Test
    void reportsWeightsThatAreMissing() throws IOException {
        Files.copy(FILES.resolve("diffusers/config.json"), folder.resolve("config.json"));
        Map<String, Tensor> some = new LinkedHashMap<>();
        try (var scope = Scope.open();
                var whole = Checkpoint.open(FILES.resolve("diffusers/diffusion_pytorch_model.safetensors"))) {
            whole.names().stream()
                    .filter(name -> !name.equals("up_blocks.0.attentions.1.to_q.weight"))
                    .forEach(name -> some.put(name, whole.load(name)));
            SafetensorsWriter.write(folder.resolve("diffusion_pytorch_model.safetensors"), some, Map.of());
        }
        assertThatThrownBy(() -> UnetFiles.load(ModelFiles.at("broken", folder), true))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("1 missing")
                .hasMessageContaining("up.1.attn.1.q.weight");
    }

    @Test
    void saysThatPicklesOfEdmAreForPythonOnly() throws IOException {
        var file = Files.write(folder.resolve("edm-cifar10-32x32-cond-vp.pkl"), new byte[] {(byte) 0x80, 4, '.'});
        assertThatThrownBy(() -> UnetFiles.load(ModelFiles.at("edm", file), true))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("only Python can read");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "\"down_block_types\": [\"DownBlock2D\", \"SkipDownBlock2D\"]",
                "\"down_block_types\": [\"AttnDownBlock2D\", \"DownBlock2D\"]",
                "\"down_block_types\": [\"DownBlock2D\"]",
                "\"time_embedding_type\": \"fourier\"",
                "\"norm_num_groups\": 5",
                "\"layers_per_block\": 100000",
                "\"block_out_channels\": []",
                "\"dropout\": 1.5"
            })
    void refusesConfigurationsThisNetworkCannotBe(String change) throws IOException {
        var key = change.substring(0, change.indexOf(':'));
        var config = Files.readString(FILES.resolve("diffusers/config.json"));
        // Later keys of an object win.
        var changed = config.stripTrailing().replaceFirst("}$", "").replaceAll(key + ": (\\[[^]]*]|[^,\\n]*)", change);
        Files.writeString(folder.resolve("config.json"), changed + "}");
        Files.copy(
                FILES.resolve("diffusers/diffusion_pytorch_model.safetensors"),
                folder.resolve("diffusion_pytorch_model.safetensors"));
        assertThatThrownBy(() -> UnetFiles.load(ModelFiles.at("odd", folder), true))
                .isInstanceOf(MedleyException.class);
    }

    @Test
    void refusesPicturesThatCannotBeHalved() throws IOException {
        try (var scope = Scope.open()) {
            var unet = UnetFiles.load(files("diffusers"), true).model();
            assertThatThrownBy(() -> unet.forward(Tensor.zeros(1, 3, 7, 8), Tensor.zeros(1)))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("not multiples of 2");
            assertThatThrownBy(() -> unet.forward(Tensor.zeros(1, 4, 8, 8), Tensor.zeros(1)))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("(B, 3, H, W)");
            assertThatThrownBy(() -> unet.forward(Tensor.zeros(2, 3, 8, 8), Tensor.zeros(1)))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("2 times");
        }
    }

    private static ModelFiles files(String name) {
        return ModelFiles.at(name, FILES.resolve(name));
    }

    private static void assertClose(Tensor actual, Tensor expected) {
        assertThat(actual.shape()).isEqualTo(expected.shape());
        double scale = expected.abs().mean().item();
        assertThat(scale).isGreaterThan(1e-3);
        double largest =
                Arrays.stream(actual.sub(expected).abs().toDoubles()).max().orElseThrow();
        assertThat(largest).isLessThan(1e-4 * (1 + scale));
    }
}
