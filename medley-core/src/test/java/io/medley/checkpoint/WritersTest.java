package io.medley.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class WritersTest {
    private static final Path ARCHIVES = Path.of("src/test/resources/io/medley/checkpoint");

    @TempDir
    Path directory;

    @Test
    void everyTypeAndShapeSurvivesBothFormats() throws Exception {
        try (Checkpoint original =
                Checkpoint.open(ARCHIVES.resolve("training.pth")).unwrapped()) {
            Path safetensors = directory.resolve("a.safetensors");
            Path torch = directory.resolve("a.pth");
            SafetensorsWriter.write(safetensors, original, Map.of("key \"1\"", "line\nbreak é"));
            TorchWriter.write(torch, original);
            for (Path path : List.of(safetensors, torch)) {
                try (Checkpoint copy = Checkpoint.open(path)) {
                    assertSame(copy, original);
                }
            }
            try (Checkpoint copy = Checkpoint.open(safetensors)) {
                assertThat(copy.metadata()).isEqualTo(Map.of("key \"1\"", "line\nbreak é"));
            }
        }
    }

    @Test
    void tensorsInMemoryAreWrittenAsTheyAre() throws Exception {
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("b", Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3).transpose(0, 1));
            tensors.put("a", Tensor.of(new long[] {7}, 1));
            tensors.put("bool", Tensor.of(new boolean[] {true, false}, 2));
            Path path = directory.resolve("m.safetensors");
            SafetensorsWriter.write(path, tensors, Map.of());
            Path torch = directory.resolve("m.pth");
            TorchWriter.write(
                    torch,
                    Map.of("model", Checkpoint.of(tensors), "state", Map.of(0, Map.of("step", tensors.get("a")))));
            try (Checkpoint read = Checkpoint.open(path);
                    Checkpoint archive = Checkpoint.open(torch)) {
                assertThat(read.load("b").toFloats()).containsExactly(1, 4, 2, 5, 3, 6);
                assertThat(read.load("a").toLongs()).containsExactly(7);
                assertSame(archive.unwrapped(), read);
                assertThat(archive.load("state.0.step").toLongs()).containsExactly(7);
            }
        }
    }

    @Test
    void halfPrecisionIsConvertedWhenAsked() throws Exception {
        try (Scope scope = Scope.open()) {
            Path path = directory.resolve("h.safetensors");
            Map<String, Tensor> tensors = Map.of(
                    "w", Tensor.of(new float[] {1, 1.5f, -2, 65504}, 4),
                    "ids", Tensor.of(new long[] {3, 4}, 2));
            SafetensorsWriter.write(path, Checkpoint.of(tensors).as(DType.FLOAT16), Map.of());
            try (Checkpoint read = Checkpoint.open(path)) {
                assertThat(read.info("w")).isEqualTo(new TensorInfo(DType.FLOAT16, new long[] {4}));
                assertThat(read.info("ids").dtype()).isEqualTo(DType.INT64);
                assertThat(read.as(DType.FLOAT32).load("w").toFloats()).containsExactly(1, 1.5f, -2, 65504);
            }
        }
    }

    @Test
    void renamedAndConvertedTensorsInMemoryAreWrittenEachByItself() throws Exception {
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> tensors = new LinkedHashMap<>();
            tensors.put("a.big", Tensor.arange(6).to(DType.FLOAT32));
            tensors.put("a.small", Tensor.of(new float[] {-1, -2}, 2));
            tensors.put("a.whole", Tensor.of(new long[] {8, 9}, 2));
            Checkpoint view = KeyMap.of(KeyMap.rename("a.*", "b.*"), KeyMap.split("b.big", 0, "b.low", "b.high"))
                    .apply(Checkpoint.of(tensors))
                    .as(DType.BFLOAT16);
            for (String file : List.of("v.safetensors", "v.pth")) {
                Path path = directory.resolve(file);
                if (file.endsWith("pth")) {
                    TorchWriter.write(path, view);
                } else {
                    SafetensorsWriter.write(path, view, Map.of());
                }
                try (Checkpoint read = Checkpoint.open(path)) {
                    assertThat(read.info("b.low").dtype()).isEqualTo(DType.BFLOAT16);
                    assertThat(read.load("b.low").toFloats()).containsExactly(0, 1, 2);
                    assertThat(read.load("b.high").toFloats()).containsExactly(3, 4, 5);
                    assertThat(read.load("b.small").toFloats()).containsExactly(-1, -2);
                    assertThat(read.load("b.whole").toLongs()).containsExactly(8, 9);
                }
            }
        }
    }

    @Test
    void theSameTensorsGiveTheSameBytesInAnyOrder() throws Exception {
        try (Scope scope = Scope.open()) {
            Map<String, Tensor> some = new LinkedHashMap<>();
            some.put("x", Tensor.ones(2));
            some.put("y", Tensor.zeros(3));
            Map<String, Tensor> reversed = new LinkedHashMap<>();
            reversed.put("y", some.get("y"));
            reversed.put("x", some.get("x"));
            SafetensorsWriter.write(directory.resolve("1"), some, Map.of("a", "1", "b", "2"));
            SafetensorsWriter.write(directory.resolve("2"), reversed, Map.of("b", "2", "a", "1"));
            TorchWriter.write(directory.resolve("3"), Checkpoint.of(some));
            TorchWriter.write(directory.resolve("4"), Checkpoint.of(some));
            assertThat(directory.resolve("1")).hasSameBinaryContentAs(directory.resolve("2"));
            assertThat(directory.resolve("3")).hasSameBinaryContentAs(directory.resolve("4"));
        }
    }

    @Test
    void elementsAreAlignedAndChecksumsRight() throws Exception {
        try (Checkpoint original =
                Checkpoint.open(ARCHIVES.resolve("training.pth")).unwrapped()) {
            Path torch = directory.resolve("a.pth");
            TorchWriter.write(torch, original);
            try (ZipFile zip = new ZipFile(torch.toFile())) {
                // Reading an entry to its end compares its checksum.
                assertThat(zip.stream().toList())
                        .hasSize(original.names().size() + 3)
                        .allSatisfy(e ->
                                assertThat(zip.getInputStream(e).readAllBytes()).hasSize((int) e.getSize()));
            }
            try (Checkpoint copy = Checkpoint.open(torch)) {
                for (String name : copy.names()) {
                    assertThat(copy.bytes(name).alignmentOffset(0, 8)).as(name).isZero();
                }
            }
        }
    }

    @Test
    void aFailureLeavesNothingBehindAndTheOldFileAlone() throws Exception {
        Path path = directory.resolve("kept.safetensors");
        Files.writeString(path, "old");
        assertThatThrownBy(() -> SafetensorsWriter.write(path, new Failing(), Map.of()))
                .hasMessage("torn");
        assertThatThrownBy(() -> TorchWriter.write(path, new Failing())).hasMessage("torn");
        assertThatThrownBy(() -> TorchWriter.write(path, Map.of("x", new Object())))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("java.lang.Object");
        assertThat(path).hasContent("old");
        try (Stream<Path> files = Files.list(directory)) {
            assertThat(files).containsExactly(path);
        }
    }

    @Test
    void shardsAreOneCheckpoint() throws Exception {
        try (Scope scope = Scope.open()) {
            SafetensorsWriter.write(directory.resolve("model-1.safetensors"), Map.of("a", Tensor.ones(2)), Map.of());
            TorchWriter.write(directory.resolve("model-2.bin"), Checkpoint.of(Map.of("b", Tensor.zeros(3))));
            index(
                    "{'metadata':{'total_size':20,'nested':{}},'weight_map':{'b':'model-2.bin','a':'model-1.safetensors'}}");
            try (Checkpoint all = Checkpoint.open(directory.resolve("model.safetensors.index.json"))) {
                assertThat(all.names()).containsExactly("b", "a");
                assertThat(all.load("a").toFloats()).containsExactly(1, 1);
                assertThat(all.info("b").shape()).containsExactly(3);
                assertThat(all.metadata()).isEqualTo(Map.of("total_size", "20"));
            }
            try (Checkpoint all = Checkpoint.open(directory)) {
                assertThat(all.names()).hasSize(2);
            }
            for (String escape : List.of("../x.bin", "/etc/passwd", "a\\\\b", "..", "", "C:x")) {
                index("{'weight_map':{'a':'" + escape + "'}}");
                assertThatThrownBy(() -> Checkpoint.open(directory))
                        .isInstanceOf(MedleyException.class)
                        .hasMessageContaining("plain file names");
            }
            index("{'weight_map':{'c':'model-1.safetensors'}}");
            assertThatThrownBy(() -> Checkpoint.open(directory)).hasMessageContaining("says that 'c' is in");
            index("{'weight_map':{'c':'model-3.safetensors'}}");
            assertThatThrownBy(() -> Checkpoint.open(directory))
                    .hasMessageContaining("model-3.safetensors: no such file");
            index("{'weight_map':{'c':'model.safetensors.index.json'}}");
            assertThatThrownBy(() -> Checkpoint.open(directory)).hasMessageContaining("JSON where a file of tensors");
            index("{'weight_map':{'a':'model-1.safetensors','a':'model-1.safetensors'}}");
            assertThatThrownBy(() -> Checkpoint.open(directory)).hasMessageContaining("Duplicate");
        }
    }

    private void index(String json) throws IOException {
        Files.writeString(
                directory.resolve("model.safetensors.index.json"), json.replace('\'', '"'), StandardCharsets.UTF_8);
    }

    private static void assertSame(Checkpoint found, Checkpoint expected) {
        assertThat(found.names()).containsExactlyInAnyOrderElementsOf(expected.names());
        for (String name : expected.names()) {
            assertThat(found.info(name)).as(name).isEqualTo(expected.info(name));
            assertThat(found.bytes(name)).as(name).isEqualTo(expected.bytes(name));
        }
    }

    /** Its second tensor cannot be read. */
    private static final class Failing implements Checkpoint {
        @Override
        public String source() {
            return "failing";
        }

        @Override
        public java.util.Set<String> names() {
            return new java.util.LinkedHashSet<>(Arrays.asList("a", "b"));
        }

        @Override
        public TensorInfo info(String name) {
            return new TensorInfo(DType.FLOAT32, new long[] {1});
        }

        @Override
        public ByteBuffer bytes(String name) {
            if (name.equals("b")) {
                throw new MedleyException("torn");
            }
            return ByteBuffer.allocateDirect(4);
        }

        @Override
        public Map<String, String> metadata() {
            return Map.of();
        }

        @Override
        public void close() {}
    }
}
