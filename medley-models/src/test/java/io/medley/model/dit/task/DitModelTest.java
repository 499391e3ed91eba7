package io.medley.model.dit.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.Medley;
import io.medley.checkpoint.SafetensorsWriter;
import io.medley.image.RgbImage;
import io.medley.model.dit.DitConfig;
import io.medley.model.latent.LatentConfig;
import io.medley.model.med.MedConfig;
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
import java.util.Optional;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** A tiny model with random weights, through its files. */
class DitModelTest {
    private static final List<String> VOCABULARY =
            List.of("[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", "red", "car", "tree");
    private static final GenerationOptions FEW =
            GenerationOptions.DEFAULT.withSteps(3).withSeed(5);

    // The tokenizer adds BLIP's [DEC] and [ENC].
    private static final DitConfig.Condition READS_ITSELF = new DitConfig.Captions(VOCABULARY.size() + 2, 8, 1);

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
            assertSame(generator.generate("red car", FEW), three.subList(0, 1));
            assertSame(generator.generate(List.of("red car", "red car"), FEW), three.subList(0, 2));
            assertThat(generator.generate("red tree", FEW)).doesNotContain(three.get(0));
            assertThat(generator.generate("red car", FEW.withSeed(6))).doesNotContain(three.get(0));
            assertThat(three.get(0).width()).isEqualTo(16);
        }
    }

    @Test
    void whatTheNetworkPredictsIsAConfiguration() throws IOException {
        for (var output : List.of(DitSystem.Output.DATA, DitSystem.Output.VELOCITY)) {
            write(new DitSystem("rectified-flow", output), READS_ITSELF, 0);
            try (var model = Medley.load(folder.toString())) {
                assertThat(generator(model).generate("red car", FEW.withSteps(1)))
                        .hasSize(1);
            }
        }
        assertThatThrownBy(() -> new DitSystem("rectified-flow", DitSystem.Output.NOISE))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("pure noise");
        assertThatThrownBy(() -> DitSystem.Output.named("nothing"))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("there are: system, data, noise, velocity");
    }

    @Test
    void aTextTransformerFromElsewhereMayRead() throws IOException {
        var reader = new MedConfig(VOCABULARY.size() + 2, 8, 1, 2, 16, 12, 8, 1e-12);
        var directory = new DitDirectory(
                sizes(new DitConfig.Features(8)),
                new DitSystem("rectified-flow", DitSystem.Output.DATA),
                8,
                Optional.of(reader),
                Optional.empty());
        write(directory, 0);
        assertThat(DitDirectory.read(JsonMapper.shared().readTree(Files.readString(folder.resolve("config.json")))))
                .isEqualTo(directory);
        try (var model = Medley.load(folder.toString())) {
            var generator = generator(model);
            var red = generator.generate("red car", FEW);
            assertThat(generator.generate(List.of("red tree", "red car"), FEW))
                    .doesNotContain(red.get(0)); // other noise, other text
            assertSame(generator.generate(List.of("red car", "tree"), FEW).subList(0, 1), red);
            assertThat(generator.generate("red tree", FEW)).isNotEqualTo(red);
        }
        assertThatThrownBy(() -> new DitDirectory(
                        sizes(new DitConfig.Features(16)),
                        directory.system(),
                        8,
                        Optional.of(reader),
                        Optional.empty()))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("width 16");
        assertThatThrownBy(() -> new DitDirectory(
                        directory.config(), directory.system(), 13, Optional.of(reader), Optional.empty()))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("1 to 12");
    }

    @Test
    void aLatentIsDrawnAndDecoded() throws IOException {
        var latent = new LatentConfig(4, 5, List.of(16, 8));
        var directory = new DitDirectory(
                new DitConfig(4, 1, 5, 5, 16, 2, 2, 32, READS_ITSELF),
                new DitSystem("rectified-flow", DitSystem.Output.SYSTEM),
                8,
                Optional.empty(),
                Optional.of(latent));
        write(directory, 0);
        assertThat(DitDirectory.read(JsonMapper.shared().readTree(Files.readString(folder.resolve("config.json")))))
                .isEqualTo(directory);
        try (var model = Medley.load(folder.toString())) {
            var images = generator(model).generate("red car", FEW.withCount(2));
            assertThat(images.get(0).width()).isEqualTo(16);
            assertThat(images.get(0)).isNotEqualTo(images.get(1));
            assertThat(model.description()).contains("16 px");
        }
        assertThatThrownBy(() -> new DitDirectory(
                        directory.config(),
                        directory.system(),
                        8,
                        Optional.empty(),
                        Optional.of(new LatentConfig(4, 6, List.of(8)))))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("6 channels");
        assertThatThrownBy(() -> new LatentConfig(4, 6, List.of(12)))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("multiple of 8");
    }

    @Test
    void memoryOfASamplingStepIsFlat() throws IOException {
        try (var model = model("rectified-flow")) {
            var eight = FEW.withCount(8).withSteps(150);
            generator(model).generate("red car", eight); // lets the heap and the engine's pools grow to their size
            long before = Engine.residentBytes();
            generator(model).generate("red car", eight);
            assertThat(Engine.residentBytes() - before).isLessThan(32L << 20);
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

    /** The same but for the last bit, which the engine rounds otherwise in another batch. */
    private static void assertSame(List<RgbImage> images, List<RgbImage> wanted) {
        assertThat(images).hasSameSizeAs(wanted);
        for (int i = 0; i < images.size(); i++) {
            var actual = images.get(i).rgb();
            var expected = wanted.get(i).rgb();
            assertThat(actual).hasSameSizeAs(expected);
            for (int k = 0; k < actual.length; k++) {
                assertThat(Math.abs((actual[k] & 0xff) - (expected[k] & 0xff))).isLessThanOrEqualTo(1);
            }
        }
    }

    private static ImageGenerator generator(Model model) {
        return model.imageGenerator().orElseThrow();
    }

    private Model model(String system) throws IOException {
        write(system, 0);
        return Medley.load(folder.toString());
    }

    private static DitConfig sizes(DitConfig.Condition condition) {
        return new DitConfig(16, 4, 3, 3, 16, 2, 2, 32, condition);
    }

    private void write(String system, float bias) throws IOException {
        write(new DitSystem(system, DitSystem.Output.SYSTEM), READS_ITSELF, bias);
    }

    private void write(DitSystem system, DitConfig.Condition condition, float bias) throws IOException {
        write(DitDirectory.reading(sizes(condition), system), bias);
    }

    /** @param bias of the last layer */
    private void write(DitDirectory directory, float bias) throws IOException {
        Files.write(folder.resolve("vocab.txt"), VOCABULARY);
        directory.write(folder);
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var weights = Weights.random(3);
            assertThat(new CaptionedDit(weights, directory).network().config()).isEqualTo(directory.config());
            var generator = Generator.of(4);
            var tensors = new LinkedHashMap<String, Tensor>(weights.buffers());
            weights.parameters()
                    .forEach((name, p) -> tensors.put(
                            name, p.detach().add(generator.normal(p.shape()).mul_(0.2))));
            if (Float.isNaN(bias)) {
                tensors.computeIfPresent("final_layer.linear.bias", (name, p) -> p.mul(bias));
            }
            SafetensorsWriter.write(folder.resolve("model.safetensors"), tensors, Map.of());
        }
    }
}
