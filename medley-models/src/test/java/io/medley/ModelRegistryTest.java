package io.medley;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.hub.HubCache;
import io.medley.image.RgbImage;
import io.medley.model.LoadOptions;
import io.medley.model.ModelFamily;
import io.medley.model.ModelFiles;
import io.medley.task.Embedder;
import io.medley.task.EmbeddingSpace;
import io.medley.task.Model;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelRegistryTest {
    @TempDir
    Path home;

    private final ModelFamily toy = new ToyFamily();

    @Test
    void directoriesAreRecognisedByTheirConfiguration() throws IOException {
        Path directory = model(home.resolve("mine"), "toy");
        try (Model model = registry().load(directory.toString(), LoadOptions.DEFAULT)) {
            assertThat(model.name()).isEqualTo(directory.toString());
        }
        Path other = model(home.resolve("other"), "llava");
        assertThatThrownBy(() -> registry().load(other.toString(), LoadOptions.DEFAULT))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("model_type llava")
                .hasMessageContaining("known systems: toy");
    }

    @Test
    void cachedModelsAreFoundByFullAndShortName() throws IOException {
        Path snapshot = home.resolve(
                "hub/models--Salesforce--blip-vqa-base/snapshots/0123456789abcdef0123456789abcdef01234567");
        model(snapshot, "toy");
        Path ref = home.resolve("hub/models--Salesforce--blip-vqa-base/refs/main");
        Files.createDirectories(ref.getParent());
        Files.writeString(ref, "0123456789abcdef0123456789abcdef01234567");
        for (String name : List.of("Salesforce/blip-vqa-base", "blip-vqa-base")) {
            assertThat(registry().load(name, LoadOptions.DEFAULT).name()).isEqualTo("Salesforce/blip-vqa-base");
        }
    }

    @Test
    void knownButAbsentModelsSayHowToGetThem() {
        assertThatThrownBy(() -> registry().load("blip-vqa-base", LoadOptions.DEFAULT))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("run: medley pull Salesforce/blip-vqa-base");
    }

    @Test
    void unknownNamesListNearOnes() {
        assertThatThrownBy(() -> registry().load("scences", LoadOptions.DEFAULT))
                .hasMessageContaining("did you mean scenes?");
        assertThatThrownBy(() -> registry().load("salesforce/blip-vqa-bas", LoadOptions.DEFAULT))
                .hasMessageContaining("did you mean Salesforce/blip-vqa-base");
        assertThatThrownBy(() -> registry().load("qwertyuiop", LoadOptions.DEFAULT))
                .hasMessageContaining("known models: scenes, ");
        assertThatThrownBy(() -> registry().load(" ", LoadOptions.DEFAULT)).isInstanceOf(MedleyException.class);
        assertThatThrownBy(() -> registry().load("a\0b", LoadOptions.DEFAULT)).isInstanceOf(MedleyException.class);
    }

    @Test
    void damagedConfigurationIsNamed() throws IOException {
        Path directory = home.resolve("broken");
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("config.json"), "{\"model_type\": ");
        assertThatThrownBy(() -> registry().load(directory.toString(), LoadOptions.DEFAULT))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("config.json: not valid JSON")
                .hasMessageNotContaining("\n");
    }

    private ModelRegistry registry() {
        return new ModelRegistry(
                List.of(toy),
                List.of("scenes"),
                List.of(new PublishedModel("Salesforce/blip-vqa-base", "answers")),
                new HubCache(home.resolve("hub")));
    }

    private static Path model(Path directory, String type) throws IOException {
        Files.createDirectories(directory);
        Files.writeString(directory.resolve("config.json"), "{\"model_type\":\"" + type + "\"}");
        return directory;
    }

    /** Embeds everything to one number. */
    private final class ToyFamily implements ModelFamily {
        @Override
        public String name() {
            return "toy";
        }

        @Override
        public boolean recognises(ModelFiles files) {
            return files.configText("model_type").equals("toy");
        }

        @Override
        public Model load(ModelFiles files, LoadOptions options) {
            return new Model() {
                @Override
                public String name() {
                    return files.name();
                }

                @Override
                public String description() {
                    return "a toy";
                }

                @Override
                public String config() {
                    return "{}";
                }

                @Override
                public long parameters() {
                    return 1;
                }

                @Override
                public Optional<Embedder> embedder() {
                    return Optional.of(new One());
                }

                @Override
                public void close() {}
            };
        }
    }

    private static final class One implements Embedder {
        @Override
        public EmbeddingSpace space() {
            return new EmbeddingSpace("one", 1, true);
        }

        @Override
        public float[][] images(List<RgbImage> images) {
            return new float[][] {{1}};
        }

        @Override
        public float[][] texts(List<String> texts) {
            return new float[][] {{1}};
        }
    }
}
