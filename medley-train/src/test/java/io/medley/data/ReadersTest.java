package io.medley.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.jerolba.carpet.CarpetWriter;
import io.medley.data.QuestionSample.WeightedAnswer;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ReadersTest {
    @TempDir
    Path directory;

    private ImageStore images;

    @BeforeEach
    void pictures() throws IOException {
        images = ImageStore.at(directory.resolve("images").toString(), new RemoteFiles());
        for (String name : List.of(
                "a.jpg",
                "b.png",
                "val2014/COCO_val2014_000000000042.jpg",
                "dev-1-0-img0.png",
                "dev-1-0-img1.png",
                "7/train-2-1-img0.png",
                "7/train-2-1-img1.png")) {
            Path file = directory.resolve("images").resolve(name);
            Files.createDirectories(file.getParent());
            Files.writeString(file, "bytes of " + name);
        }
        Files.writeString(directory.resolve("secret"), "not for reading");
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(directory.resolve(name), content);
    }

    /** Key, picture and texts of good rows, key and reason of broken ones. */
    private static List<String> lines(Dataset.Indexed<Sample> rows) {
        var lines = new ArrayList<String>();
        for (long i = 0; i < rows.size(); i++) {
            Row<Sample> row = rows.get(i);
            assertThat(row.place()).isEqualTo(new Place(rows.name(), i));
            if (row instanceof Row.Good<Sample> good) {
                Sample sample = good.value();
                assertThat(sample.key()).isEqualTo(row.key());
                lines.add(row.key() + "|" + new String(sample.image().bytes(), StandardCharsets.UTF_8).substring(9)
                        + "|" + String.join("|", sample.texts()));
            } else if (row instanceof Row.Broken<Sample> broken) {
                lines.add("-" + broken.key() + ": " + broken.reason());
            }
        }
        return lines;
    }

    @Test
    void karpathy() throws IOException {
        Path json = file(
                "dataset_coco.json",
                """
                {"dataset": "coco", "images": [
                 {"filepath": "val2014", "filename": "COCO_val2014_000000000042.jpg", "split": "test", "cocoid": 42,
                  "sentences": [{"raw": " A dog. ", "tokens": ["a", "dog"]}, {"raw": "Two."}]},
                 {"filename": "a.jpg", "split": "restval", "sentences": [{"raw": "x"}]},
                 {"filename": "b.png", "split": "train", "sentences": []},
                 {"filename": "gone.jpg", "split": "train", "sentences": [{"raw": "y"}]}]}
                """);
        String dog = "COCO_val2014_000000000042";
        assertThat(lines(CaptionReaders.karpathy(json, Set.of("test"), images)))
                .containsExactly(dog + "|val2014/" + dog + ".jpg|A dog.|Two.");
        assertThat(lines(CaptionReaders.karpathy(json, Set.of(), images).perText()))
                .containsExactly(
                        dog + "#0|val2014/" + dog + ".jpg|A dog.",
                        dog + "#1|val2014/" + dog + ".jpg|Two.",
                        "a|a.jpg|x",
                        "-b: has no text",
                        "-gone: no picture 'gone.jpg' in " + images.root());
        var row = (Row.Good<Sample>)
                CaptionReaders.karpathy(json, Set.of("test"), images).get(0);
        assertThat(row.value().metadata().get("cocoid").asInt()).isEqualTo(42);
        row.value().metadata().removeAll();
        assertThat(row.value().image().extension()).isEqualTo("jpg");
    }

    @Test
    void cocoAndNocaps() throws IOException {
        Path json = file(
                "nocaps.json",
                """
                {"info": {"year": 2018}, "annotations": [
                  {"image_id": 1, "id": 0, "caption": "one"}, {"image_id": 1, "id": 1, "caption": "uno"}],
                 "images": [{"id": 1, "file_name": "a.jpg", "domain": "near-domain"}, {"id": 2, "file_name": "b.png"}]}
                """);
        var rows = CaptionReaders.coco(json, images);
        assertThat(lines(rows)).containsExactly("1|a.jpg|one|uno", "-2: no caption for this picture");
        assertThat(((Row.Good<Sample>) rows.get(0))
                        .value()
                        .metadata()
                        .get("domain")
                        .asString())
                .isEqualTo("near-domain");
        Path test = file("test.json", "{\"images\": [{\"id\": 2, \"file_name\": \"b.png\"}]}");
        assertThat(lines(CaptionReaders.coco(test, images))).containsExactly("2|b.png|");
    }

    @Test
    void arraysAndLinesOfObjects() throws IOException {
        Path json = file(
                "blip.json",
                """
                [{"image": "a.jpg", "caption": "one", "image_id": "coco_1"}, {"image": "b.png", "caption": ["x", "y"]}]
                """);
        assertThat(lines(CaptionReaders.json(json, images))).containsExactly("coco_1|a.jpg|one", "1|b.png|x|y");
        Path lines = file(
                "own.jsonl",
                """
                {"filepath": "a.jpg", "text": "one"}

                {broken
                [1]
                {"text": "no picture"}
                {"image": "../secret", "text": "out"}
                {"image": "/etc/passwd", "text": "out"}
                """);
        assertThat(lines(CaptionReaders.json(lines, images)))
                .startsWith("0|a.jpg|one")
                .contains("-line 4: JSON of kind array, expected an object")
                .anyMatch(line -> line.startsWith("-line 3: no JSON: "))
                .anyMatch(line -> line.startsWith("-3: names no picture (in image, filepath"))
                .contains(
                        "-4: picture '../secret' lies outside " + images.root() + "; give a higher directory",
                        "-5: picture '/etc/passwd' lies outside " + images.root() + "; give a higher directory");
        Path cut = file("cut.json", "[{\"image\": \"a.jpg\"");
        assertThatThrownBy(() -> CaptionReaders.json(cut, images))
                .isInstanceOf(MedleyException.class)
                .hasMessageStartingWith(cut + ": cannot be read as JSON");
    }

    @Test
    void tables() throws IOException {
        Path csv = file("t.csv", "filepath,title,score\na.jpg,\"a, \"\"b\"\"\",0.5\nb.png,,1\n");
        var rows = CaptionReaders.csv(csv, images);
        assertThat(lines(rows)).containsExactly("0|a.jpg|a, \"b\"", "-1: has no text");
        assertThat(((Row.Good<Sample>) rows.get(0))
                        .value()
                        .metadata()
                        .get("score")
                        .asString())
                .isEqualTo("0.5");
        Path tsv = file("t.tsv", "image\tcaption\nb.png\tx, y\n");
        assertThat(lines(CaptionReaders.csv(tsv, images))).containsExactly("0|b.png|x, y");
    }

    /** As img2dataset's metadata. */
    record Meta(String url, String caption, String key, double similarity) {}

    @Test
    void parquet() throws IOException {
        Path file = directory.resolve("00000.parquet");
        try (var writer = new CarpetWriter<>(Files.newOutputStream(file), Meta.class)) {
            writer.write(new Meta("a.jpg", "one", "000000000", 0.25));
            writer.write(new Meta("b.png", "two", "000000001", 0.5));
        }
        var rows = CaptionReaders.parquet(file, images);
        assertThat(lines(rows)).containsExactly("000000000|a.jpg|one", "000000001|b.png|two");
        assertThat(((Row.Good<Sample>) rows.get(1))
                        .value()
                        .metadata()
                        .get("similarity")
                        .asDouble())
                .isEqualTo(0.5);
        Path none = file("x.parquet", "PAR1 but not really");
        assertThatThrownBy(() -> CaptionReaders.parquet(none, images))
                .isInstanceOf(MedleyException.class)
                .hasMessageStartingWith(none + ": cannot be read as Parquet");
    }

    @Test
    void flickr30k() throws IOException {
        Path tokens = file("results.token", "a.jpg#0\tOne .\na.jpg#1\tTwo .\nb.png#0\tThree .\nnonsense\n");
        assertThat(lines(CaptionReaders.flickr30k(tokens, images)))
                .containsExactly(
                        "a|a.jpg|One .|Two .",
                        "b|b.png|Three .",
                        "-line 4: expected NAME.jpg#NUMBER, a tab and a caption");
    }

    @Test
    void folders() throws IOException {
        Path folder = directory.resolve("images");
        Files.writeString(folder.resolve("a.txt"), "one\n\n two \n");
        Files.write(folder.resolve("b.txt"), new byte[] {(byte) 0xff});
        Files.writeString(folder.resolve("c.jpg"), "bytes of c.jpg");
        assertThat(lines(CaptionReaders.folder(folder)))
                .startsWith("a|a.jpg|one|two", "-b: its text is not UTF-8")
                .contains("-c: has no text");
    }

    @Test
    void questionsAndAnswers() throws IOException {
        Path questions = file(
                "q.json",
                """
                {"data_subtype": "val2014", "questions": [
                 {"image_id": 42, "question": "What is it?", "question_id": 42000},
                 {"image_id": 42, "question": "And?", "question_id": 42001}]}
                """);
        Path annotations = file(
                "an.json",
                """
                {"annotations": [{"question_id": 42000, "answer_type": "other", "answers": [
                 {"answer": "dog", "answer_id": 1}, {"answer": "cat"}, {"answer": "dog"}, {"answer": "dog"}]}]}
                """);
        var rows = ReasoningReaders.vqa(questions, Optional.of(annotations), images);
        var sample = ((Row.Good<QuestionSample>) rows.get(0)).value();
        assertThat(sample.question()).isEqualTo("What is it?");
        assertThat(sample.answers()).containsExactly(new WeightedAnswer("dog", 0.75), new WeightedAnswer("cat", 0.25));
        assertThat(sample.metadata().get("annotation").get("answer_type").asString())
                .isEqualTo("other");
        assertThat(new String(sample.image().bytes(), StandardCharsets.UTF_8)).endsWith("000000000042.jpg");
        assertThat(((Row.Broken<QuestionSample>) rows.get(1)).reason()).isEqualTo("no annotation for this question");
        var test = ReasoningReaders.vqa(questions, Optional.empty(), images);
        assertThat(((Row.Good<QuestionSample>) test.get(1)).value().answers()).isEmpty();
        Path blip = file(
                "vqa.json",
                """
                [{"question_id": 9, "question": "Q?", "answer": ["a", "b"], "image": "a.jpg", "dataset": "vg"}, {"image": "a.jpg"}]
                """);
        var own = ReasoningReaders.blipVqa(blip, images);
        assertThat(((Row.Good<QuestionSample>) own.get(0)).value().answers())
                .containsExactly(new WeightedAnswer("a", 0.5), new WeightedAnswer("b", 0.5));
        assertThat(((Row.Broken<QuestionSample>) own.get(1)).reason()).isEqualTo("has no question");
        assertThatThrownBy(() -> ReasoningReaders.vqa(blip, Optional.empty(), images))
                .hasMessageContaining("has no data_subtype");
    }

    @Test
    void pairsOfPictures() throws IOException {
        Path lines = file(
                "dev.json",
                """
                {"identifier": "dev-1-0-3", "sentence": "Both are dogs.", "label": "True"}
                {"identifier": "train-2-1-0", "directory": 7, "sentence": "No.", "label": "False"}
                {"identifier": "dev-1-0-1", "sentence": "?", "label": "maybe"}
                {"sentence": "alone"}
                nonsense
                """);
        var rows = ReasoningReaders.nlvr2(lines, images);
        var first = ((Row.Good<PairSample>) rows.get(0)).value();
        assertThat(first.label()).contains(true);
        assertThat(new String(first.left().bytes(), StandardCharsets.UTF_8)).endsWith("dev-1-0-img0.png");
        assertThat(new String(first.right().bytes(), StandardCharsets.UTF_8)).endsWith("dev-1-0-img1.png");
        assertThat(((Row.Good<PairSample>) rows.get(1)).value().label()).contains(false);
        for (int i = 2; i < 5; i++) {
            assertThat(rows.get(i)).isInstanceOf(Row.Broken.class);
        }
        Path blip = file(
                "nlvr_test.json",
                """
                [{"sentence": "s", "label": "True", "images": ["a.jpg", "b.png"]}]
                """);
        var own = ((Row.Good<PairSample>) ReasoningReaders.nlvr2(blip, images).get(0)).value();
        assertThat(own.left().extension()).isEqualTo("jpg");
        assertThat(own.right().extension()).isEqualTo("png");
    }
}
