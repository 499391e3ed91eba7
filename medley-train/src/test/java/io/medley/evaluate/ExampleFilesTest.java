package io.medley.evaluate;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.data.EncodedImage;
import io.medley.data.ShardWriter;
import io.medley.image.ImageFiles;
import io.medley.image.RgbImage;
import io.medley.scenes.PictureFormat;
import io.medley.scenes.SceneRange;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.SceneWriter;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

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
        var files = ExampleFiles.open(directory.toString(), "test");
        var captioned = files.captioned();
        assertThat(captioned).hasSize(3);
        assertThat(captioned.get(0).texts()).hasSize(5);
        assertThat(captioned.get(0).picture().load().width()).isEqualTo(32);
        assertThat(files.questions())
                .hasSizeGreaterThan(10)
                .allMatch(q -> q.answers().size() == 1);
        assertThat(files.questions().get(0).picture().name())
                .isEqualTo(files.questions().get(1).picture().name());
        assertThatThrownBy(() -> ExampleFiles.open(directory.toString(), "val")).hasMessageContaining("'val'");
        assertThatThrownBy(files::pairs).isInstanceOf(MedleyException.class).hasMessageContaining("none with pairs");
    }

    @Test
    void readsAFolderOfPicturesAndTexts() throws IOException {
        write("a/x.jpg", "");
        write("a/x.txt", "a red cat\n\na cat\n");
        write("b/y.png", "");
        write("b/notes.md", "");
        var files = ExampleFiles.open(directory.toString(), "");
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
        var files = ExampleFiles.open(file.toString(), "");
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
    void readsTheFilesOfTheFieldAsTheyAre() throws IOException {
        var coco = write(
                "captions_val2014.json",
                """
                {"images": [{"id": 1, "file_name": "a.jpg", "domain": "in-domain"}, {"id": 2, "file_name": "b.jpg"}],
                 "annotations": [{"image_id": 1, "caption": "A dog."}, {"image_id": 1, "caption": "A hound."}]}
                """);
        assertThat(ExampleFiles.open(coco.toString(), "").captioned())
                .singleElement()
                .satisfies(example -> {
                    assertThat(example.texts()).containsExactly("A dog.", "A hound.");
                    assertThat(example.domain()).isEqualTo("in-domain");
                    assertThat(example.picture().name())
                            .isEqualTo(directory.resolve("a.jpg").toString());
                });
        var flickr = write("results.token", "1.jpg#0\tA man .\n1.jpg#1\tA person .\n");
        assertThat(ExampleFiles.open(flickr.toString(), "").captioned())
                .singleElement()
                .satisfies(example -> assertThat(example.texts()).hasSize(2));
        var table = write("list.csv", "filepath,title,split\na.jpg,one,train\nb.jpg,two,test\n");
        assertThat(ExampleFiles.open(table.toString(), "test").captioned())
                .extracting(Example.Captioned::texts)
                .containsExactly(List.of("two"));
        var nlvr = write(
                "dev.json",
                """
                {"identifier": "dev-1-0-0", "sentence": "Both are dogs.", "label": "True"}
                {"identifier": "dev-1-0-1", "sentence": "One is a cat.", "label": "False"}
                """);
        assertThat(ExampleFiles.open(nlvr.toString(), "").pairs())
                .extracting(Example.Pair::truth)
                .containsExactly(true, false);
        assertThat(ExampleFiles.open(nlvr.toString(), "")
                        .pairs()
                        .get(1)
                        .second()
                        .name())
                .endsWith("dev-1-0-img1.png");
    }

    @Test
    void findsTheAnswersOfVqaQuestions() throws IOException {
        var questions = write(
                "v2_OpenEnded_mscoco_val2014_questions.json",
                """
                {"data_subtype": "val2014", "questions": [{"image_id": 42, "question_id": 9, "question": "What is it?"}]}
                """);
        assertThatThrownBy(() -> ExampleFiles.open(questions.toString(), ""))
                .hasMessageContaining("QUESTIONS.json::ANNOTATIONS.json");
        var text = "{\"annotations\": [{\"question_id\": 9, \"answer_type\": \"other\", \"answers\": ["
                + "{\"answer\": \"cat\"}, {\"answer\": \"cat\"}, {\"answer\": \"dog\"}]}]}";
        var elsewhere = write("answers.json", text);
        var joined = ExampleFiles.open(questions + "::" + elsewhere, "").questions();
        write("v2_mscoco_val2014_annotations.json", text);
        assertThat(ExampleFiles.open(questions.toString(), "").questions())
                .extracting(Example.Question::answers)
                .containsExactly(joined.get(0).answers());
        assertThat(joined).singleElement().satisfies(question -> {
            assertThat(question.answers()).containsExactly("cat", "cat", "dog");
            assertThat(question.type()).isEqualTo("other");
            assertThat(question.picture().name()).endsWith("COCO_val2014_000000000042.jpg");
        });
    }

    @Test
    void readsShardsAndKeepsWhatIsSound() throws IOException {
        var picture = directory.resolve("p.png");
        ImageFiles.writePng(new RgbImage(2, 1, new byte[] {1, 2, 3, 4, 5, 6}), picture);
        var bytes = Files.readAllBytes(picture);
        var shard = directory.resolve("shards").resolve("0.tar");
        Files.createDirectories(shard.getParent());
        try (var writer = new ShardWriter(shard)) {
            for (int i = 0; i < 30; i++) {
                var metadata = JsonMapper.shared().createObjectNode().put("label", i % 2 == 0 ? "even" : "odd");
                writer.add("k" + i, new EncodedImage("png", bytes), Optional.of("text " + i), metadata);
            }
            writer.commit();
        }
        var files = ExampleFiles.open(shard.getParent().toString(), "");
        assertThat(files.captioned()).hasSize(30);
        assertThat(files.captioned().get(3).picture().load().width()).isEqualTo(2);
        assertThat(files.labelled().get(3).label()).isEqualTo("odd");
        assertThat(files.notes()).isEmpty();
        // A shard that was cut off loses its last sample only, and says so.
        var whole = Files.readAllBytes(shard);
        Files.write(shard, Arrays.copyOf(whole, whole.length - 4 * 512 - 1024));
        var cut = ExampleFiles.open(shard + "::" + shard, "");
        assertThat(cut.captioned().size()).isBetween(40, 59);
        assertThat(cut.notes()).singleElement().asString().contains("cannot be read");
    }

    @Test
    void saysWhatIsWrong() throws IOException {
        assertThatThrownBy(() -> ExampleFiles.open(directory.toString(), "")).hasMessageContaining("no examples");
        assertThatThrownBy(() -> ExampleFiles.open(directory.resolve("no").toString(), ""))
                .hasMessageContaining("no such file");
        var broken = write("broken.jsonl", "{\"image\": \"x.png\"}\n{oops\n");
        assertThatThrownBy(() -> ExampleFiles.open(broken.toString(), "")).hasMessageContaining("line 2");
        var number = write("number.json", "7");
        assertThatThrownBy(() -> ExampleFiles.open(number.toString(), "")).hasMessageContaining("neither a list");
    }
}
