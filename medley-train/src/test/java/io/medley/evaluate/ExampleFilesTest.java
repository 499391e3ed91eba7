package io.medley.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.scenes.PictureFormat;
import io.medley.scenes.SceneRange;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.SceneWriter;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExampleFilesTest {
    @TempDir
    Path directory;

    private Path write(String name, String text) throws IOException {
        var file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        return Files.writeString(file, text);
    }

    @Test
    void readsWhatScenesWrites() {
        new SceneWriter(new SceneRange(SceneSplit.TEST, 0, 3, 32, PictureFormat.PNG), directory, done -> {})
                .writeKarpathy();
        var files = ExampleFiles.open(directory, "test");
        var captioned = files.captioned();
        assertThat(captioned).hasSize(3);
        assertThat(captioned.get(0).texts()).hasSize(5);
        assertThat(captioned.get(0).picture().load().width()).isEqualTo(32);
        assertThat(files.questions())
                .hasSizeGreaterThan(10)
                .allMatch(q -> q.answers().size() == 1);
        assertThat(files.questions().get(0).picture().name())
                .isEqualTo(files.questions().get(1).picture().name());
        assertThatThrownBy(() -> ExampleFiles.open(directory, "val")).hasMessageContaining("'val'");
        assertThatThrownBy(files::pairs).isInstanceOf(MedleyException.class).hasMessageContaining("none with pairs");
    }

    @Test
    void readsAFolderOfPicturesAndTexts() throws IOException {
        write("a/x.jpg", "");
        write("a/x.txt", "a red cat\n\na cat\n");
        write("b/y.png", "");
        write("b/notes.md", "");
        var files = ExampleFiles.open(directory, "");
        assertThat(files.captioned()).singleElement().satisfies(example -> {
            assertThat(example.texts()).containsExactly("a red cat", "a cat");
            assertThat(example.key()).isEqualTo(Path.of("a", "x.jpg").toString());
        });
        assertThat(files.labelled()).extracting(Example.Labelled::label).containsExactly("a", "b");
    }

    @Test
    void readsObjectsOfEveryKind() throws IOException {
        var file = write(
                "all.jsonl",
                """
                {"image": "x.png", "caption": ["one", "two"], "domain": "near-domain"}
                {"question_id": 7, "image": "x.png", "question": "what?", "answer": ["a", "b"], "type": "other"}

                {"images": ["x.png", "y.png"], "sentence": "both are red", "label": "True"}
                {"image": "x.png", "sentence": "it rains", "label": "entailment"}
                """);
        var files = ExampleFiles.open(file, "");
        assertThat(files.captioned()).singleElement().satisfies(example -> {
            assertThat(example.texts()).containsExactly("one", "two");
            assertThat(example.domain()).isEqualTo("near-domain");
        });
        assertThat(files.questions()).singleElement().satisfies(example -> {
            assertThat(example.key()).isEqualTo("7");
            assertThat(example.answers()).isEqualTo(List.of("a", "b"));
        });
        assertThat(files.pairs()).singleElement().satisfies(example -> {
            assertThat(example.truth()).isTrue();
            assertThat(example.second().name()).endsWith("y.png");
        });
        assertThat(files.labelled()).extracting(Example.Labelled::text).contains("it rains");
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        assertThatThrownBy(() -> ExampleFiles.open(directory, "")).hasMessageContaining("no examples");
        assertThatThrownBy(() -> ExampleFiles.open(directory.resolve("no"), "")).hasMessageContaining("no such file");
        var broken = write("broken.jsonl", "{}\n{oops\n");
        assertThatThrownBy(() -> ExampleFiles.open(broken, "")).hasMessageContaining("line 2");
        var number = write("number.json", "7");
        assertThatThrownBy(() -> ExampleFiles.open(number, "")).hasMessageContaining("neither a list");
    }
}
