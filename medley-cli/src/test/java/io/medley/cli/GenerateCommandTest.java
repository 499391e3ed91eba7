package io.medley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class GenerateCommandTest extends CommandTest {
    @Test
    void writesPicturesAndAPageThatShowsThem() throws IOException {
        Path out = home.resolve("drawn");
        Result result = run(
                "generate",
                "a <red> car",
                "--model",
                model().toString(),
                "--count",
                "3",
                "--seed",
                "7",
                "--out",
                out.toString());
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.out().strip()).endsWith("index.html");
        assertThat(out.resolve("001.png")).isNotEmptyFile();
        assertThat(out.resolve("003.png")).isNotEmptyFile();
        assertThat(out.resolve("004.png")).doesNotExist();
        assertThat(Files.readString(out.resolve("index.html")))
                .contains("a &lt;red&gt; car", "001.png", "003.png", "euler, 25 steps, guidance 3")
                .doesNotContain("<red>");
    }

    @Test
    void saysWhichFilesAsJson() throws IOException {
        Path out = home.resolve("json");
        Result result = run("generate", "a car", "-m", model().toString(), "--out", out.toString(), "--json");
        assertThat(result.status()).isZero();
        assertThat(result.json()).hasSize(4);
        assertThat(result.json().get(3).get("picture").asInt()).isEqualTo(4);
    }

    @Test
    void badArgumentsGetOneLineAndWriteNothing() throws IOException {
        Path out = home.resolve("none");
        String model = model().toString();
        for (String[] bad : new String[][] {
            {"--steps", "0"}, {"--count", "0"}, {"--guidance", "NaN"}, {"--sampler", "best"}, {"--steps", "many"}
        }) {
            Result result = run("generate", "a car", "--model", model, "--out", out.toString(), bad[0], bad[1]);
            assertThat(result.status()).isEqualTo(2);
            assertThat(result.err().strip()).isNotEmpty().doesNotContain("\n").doesNotContain("Exception");
            assertThat(out.resolve("index.html")).doesNotExist();
        }
    }

    @Test
    void saysThatAModelCannotDraw() throws IOException {
        Path poor = Files.createDirectories(home.resolve("poor"));
        Files.writeString(poor.resolve("config.json"), "{\"model_type\": \"fake-captioner\"}");
        Result result = run(
                "generate",
                "a car",
                "--model",
                poor.toString(),
                "--out",
                home.resolve("x").toString());
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("cannot generate pictures", "caption");
    }

    private Path model() throws IOException {
        Path folder = Files.createDirectories(home.resolve("model"));
        Files.writeString(folder.resolve("config.json"), "{\"model_type\": \"fake\"}");
        return folder;
    }
}
