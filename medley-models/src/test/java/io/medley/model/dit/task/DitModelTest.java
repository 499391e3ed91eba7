package io.medley.model.dit.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.Medley;
import io.medley.checkpoint.SafetensorsWriter;
import io.medley.model.dit.Dit;
import io.medley.model.dit.DitConfig;
import io.medley.nn.Weights;
import io.medley.task.GenerationOptions;
import io.medley.task.GenerationOptions.Sampler;
import io.medley.task.ImageGenerator;
import io.medley.task.Model;
import io.medley.tensor.Engine;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A tiny model with random weights, through its files. */
class DitModelTest {
    private static final List<String> VOCABULARY =
            List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "red", "car", "tree");
    private static final GenerationOptions FEW =
            GenerationOptions.DEFAULT.withSteps(3).withSeed(5);

    @TempDir
    private Path folder;

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    @Test
    void picturesDependOnTextSeedAndPlaceOnly() throws IOException {
        try (var model = model("rectified-flow")) {
            var generator = generator(model);
            var three = generator.generate("red car", FEW.withCount(3));
            assertThat(three).hasSize(3).doesNotHaveDuplicates();
            assertThat(generator.generate("red car", FEW)).containsExactly(three.get(0));
            assertThat(generator.generate(List.of("red car", "red car"), FEW)).isEqualTo(three.subList(0, 2));
            assertThat(generator.generate("red tree", FEW)).doesNotContain(three.get(0));
            assertThat(generator.generate("red car", FEW.withSeed(6))).doesNotContain(three.get(0));
            assertThat(three.get(0).width()).isEqualTo(16);
        }
    }

    @Test
    void guidanceOfZeroForgetsTheText() throws IOException {
        try (var model = model("rectified-flow")) {
            var generator = generator(model);
            assertThat(generator.generate("red car", FEW.withGuidance(0)))
                    .isEqualTo(generator.generate("tree", FEW.withGuidance(0)));
            assertThat(generator.generate("red car", FEW.withGuidance(1)))
                    .isNotEqualTo(generator.generate("red car", FEW.withGuidance(4)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"rectified-flow", "flow-matching", "ddpm", "edm", "v-cosine", "score-vp"})
    void everySamplerServesEverySystem(String system) throws IOException {
        try (var model = model(system)) {
            for (var sampler : Sampler.values()) {
                var options = FEW.withSampler(sampler).withSteps(4);
                assertThat(generator(model).generate("red car", options)).hasSize(1);
            }
        }
    }

    @Test
    void refusesTextsItCannotRead() throws IOException {
        try (var model = model("rectified-flow")) {
            assertThatThrownBy(() -> generator(model).generate(" ", FEW))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("the text is empty");
            assertThatThrownBy(() -> generator(model).generate("red ".repeat(20), FEW))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("8 at most");
        }
    }

    @Test
    void refusesOptionsThatCannotBe() {
        assertThatThrownBy(() -> FEW.withSteps(0))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("steps is 0");
        assertThatThrownBy(() -> FEW.withCount(0)).isInstanceOf(MedleyException.class);
        assertThatThrownBy(() -> FEW.withGuidance(Double.NaN))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("guidance is NaN");
    }

    @Test
    void refusesWeightsThatAreNotNumbers() throws IOException {
        write("rectified-flow", Float.NaN);
        try (var model = Medley.load(folder.toString())) {
            assertThatThrownBy(() -> generator(model).generate("red car", FEW))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("not numbers");
        }
    }

    @Test
    void refusesUnknownSystemsAndOtherVocabularies() throws IOException {
        write("rectified-flow", 0);
        Files.writeString(folder.resolve("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\n[MASK]\n");
        assertThatThrownBy(() -> Medley.load(folder.toString()))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("the vocabulary has");
        var config = folder.resolve("config.json");
        Files.writeString(config, Files.readString(config).replace("rectified-flow", "magic"));
        assertThatThrownBy(() -> Medley.load(folder.toString()))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("magic");
    }

    @Test
    void saysWhenItIsClosed() throws IOException {
        var model = model("rectified-flow");
        var generator = generator(model);
        model.close();
        assertThatThrownBy(() -> generator.generate("red car", FEW))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    private static ImageGenerator generator(Model model) {
        return model.imageGenerator().orElseThrow();
    }

    private Model model(String system) throws IOException {
        write(system, 0);
        return Medley.load(folder.toString());
    }

    /** @param bias of the last layer */
    private void write(String system, float bias) throws IOException {
        // The tokenizer adds BLIP's [DEC] and [ENC].
        var config = new DitConfig(16, 4, 3, 3, 16, 2, 2, 32, new DitConfig.Captions(VOCABULARY.size() + 2, 8, 1));
        Files.write(folder.resolve("vocab.txt"), VOCABULARY);
        new DitDirectory(config, system).write(folder);
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var weights = Weights.random(3);
            var model = new Dit(weights, config);
            assertThat(model.config()).isEqualTo(config);
            var generator = Generator.of(4);
            var tensors = new LinkedHashMap<String, Tensor>();
            weights.parameters()
                    .forEach((name, p) -> tensors.put(
                            name, p.detach().add(generator.normal(p.shape()).mul_(0.2))));
            if (Float.isNaN(bias)) {
                tensors.computeIfPresent("final_layer.linear.bias", (name, p) -> p.mul(bias));
            }
            tensors.putAll(weights.buffers());
            SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
        }
    }
}
