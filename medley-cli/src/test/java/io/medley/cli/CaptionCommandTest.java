package io.medley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class CaptionCommandTest extends CommandTest {

    @Test
    void oneFileOneLine() throws IOException {
        String file = picture("a.png", 6, 4);
        Result result = run("caption", "-m", model, file);
        assertThat(result.err()).isEmpty();
        assertThat(result.out()).isEqualTo(file + ": a 6 by 4 picture, seed 0, Beam\n");
        assertThat(result.status()).isZero();
    }

    @Test
    void jsonIsOneObjectPerInputAndNothingElse() throws IOException {
        picture("d/a.png", 6, 4);
        picture("d/sub/b.PNG", 3, 2);
        picture("d/.hidden/c.png", 3, 2);
        file("d/broken.jpg", "not an image");
        file("d/notes.md", "ignored");
        Result result = run(
                "caption",
                "-m",
                model,
                "--nucleus",
                "0.9",
                "--samples",
                "2",
                "--seed",
                "7",
                "--json",
                home.resolve("d").toString());
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.json()).hasSize(3);
        assertThat(result.json().get(0).path("file").asString("")).endsWith("a.png");
        assertThat(result.json().get(0).path("captions")).hasSize(2);
        assertThat(result.json().get(0).path("captions").path(1).path("text").asString(""))
                .isEqualTo("a 6 by 4 picture, seed 7, Nucleus");
        assertThat(result.json().get(0).path("captions").path(1).path("score").asDouble())
                .isEqualTo(-1.5);
        assertThat(result.json().get(2).path("file").asString("")).endsWith("b.PNG");
        assertThat(result.json().get(1).path("error").asString("")).contains("broken.jpg: not an image");
        assertThat(result.err()).contains("1 of 3 files could not be used");
    }

    @Test
    void batchesAndOrderAreKept() throws IOException {
        for (int i = 0; i < 10; i++) {
            picture(String.format("many/%02d.png", i), i + 1, 1);
        }
        Result result =
                run("caption", "-m", model, "--batch", "4", home.resolve("many").toString());
        assertThat(result.lines()).hasSize(10);
        for (int i = 0; i < 10; i++) {
            assertThat(result.lines().get(i)).contains("a " + (i + 1) + " by 1 picture");
        }
        assertThat(family.batches).containsExactly(4, 4, 2);
    }

    @Test
    void globsAreExpandedHereToo() throws IOException {
        picture("g/a1.png", 1, 1);
        picture("g/a2.png", 2, 1);
        picture("g/b.png", 3, 1);
        picture("g/deep/a3.png", 4, 1);
        assertThat(run("caption", "-m", model, home + "/g/a*.png").lines()).hasSize(2);
        assertThat(run("caption", "-m", model, home + "/g/**.png").lines()).hasSize(4);
        Result none = run("caption", "-m", model, home + "/g/z*.png");
        assertThat(none.status()).isEqualTo(2);
        assertThat(none.err()).contains("no file matches");
        assertThat(run("caption", "-m", model, home + "/g/[.png").status()).isEqualTo(2);
    }

    @Test
    void aFileNamedLikeAGlobIsThatFile() throws IOException {
        String file = picture("odd[1].png", 5, 5);
        assertThat(run("caption", "-m", model, file).status()).isZero();
    }

    @Test
    void theOneFileThatIsBadEndsWithTwoAndOneLine() throws IOException {
        for (String bad : List.of(
                home.resolve("missing.jpg").toString(),
                file("empty.jpg", ""),
                file("zip.jpg", "PK\3\4 not an image"),
                "")) {
            Result result = run("caption", "-m", model, bad);
            assertThat(result.status()).as(bad).isEqualTo(2);
            assertThat(result.out()).isEmpty();
            assertThat(result.err().strip().split("\n")).as(result.err()).hasSize(1);
        }
        Result json = run(
                "caption", "-m", model, "--json", home.resolve("missing.jpg").toString());
        assertThat(json.status()).isEqualTo(2);
        assertThat(json.json()).hasSize(1);
        assertThat(json.json().get(0).path("error").asString("")).contains("missing.jpg");
    }

    @Test
    void aBadFileAmongSeveralIsReportedAndTheRestDone() throws IOException {
        Result result = run(
                "caption",
                "-m",
                model,
                picture("a.png", 1, 1),
                home.resolve("missing.png").toString(),
                picture("b.png", 2, 1));
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.lines()).hasSize(2);
        assertThat(result.err()).contains("missing.png");
    }

    @Test
    void emptyDirectoriesAreAnError() throws IOException {
        Path directory = Files.createDirectories(home.resolve("none"));
        Result result = run("caption", "-m", model, directory.toString());
        assertThat(result.status()).isEqualTo(2);
        assertThat(result.err()).contains("no images in this directory");
    }

    @Test
    void impossibleOptionsAreOneLine() throws IOException {
        String file = picture("a.png", 1, 1);
        for (List<String> options : List.of(
                List.of("--beams", "3", "--nucleus", "0.9"),
                List.of("--beams", "0"),
                List.of("--beams", "x"),
                List.of("--beams", "1", "--samples", "2"),
                List.of("--nucleus", "1.5"),
                List.of("--samples", "0"),
                List.of("--prompt", " "),
                List.of("--prompt", "a", "--no-prompt"),
                List.of("--temperature", "0.5"),
                List.of("--min-length", "9", "--max-length", "3"),
                List.of("--batch", "0"),
                List.of("--image-size", "-4"),
                List.of("--seed", "abc"),
                List.of("--bems", "3"))) {
            List<String> args = new ArrayList<>(List.of("caption", "-m", model, file));
            args.addAll(options);
            Result result = run(args.toArray(String[]::new));
            assertThat(result.status()).as(options.toString()).isEqualTo(2);
            assertThat(result.out()).as(options.toString()).isEmpty();
            assertThat(result.err().strip().split("\n")).as(result.err()).hasSize(1);
        }
    }
}
