package io.medley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class EvaluateCommandTest extends CommandTest {
    private String data() throws IOException {
        picture("data/a.png", 4, 4);
        file("data/a.txt", "a <red> cat\na cat\n");
        picture("data/b.png", 8, 300);
        file("data/b.txt", "two dogs run\n");
        return home.resolve("data").toString();
    }

    @Test
    void captionsGiveATableAndFiles() throws IOException {
        Path out = home.resolve("out");
        Result result = run("evaluate", model, "--data", data(), "--task", "caption", "--out", out.toString());
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.lines().get(0)).matches("CIDEr +\\d+\\.\\d{4}");
        assertThat(result.out()).contains("Bleu_4", "ROUGE_L", "distinct_1");
        assertThat(result.err()).contains("METEOR", "not measured");
        List<String> samples = Files.readAllLines(out.resolve("samples.jsonl"));
        assertThat(samples).hasSize(2);
        var first = JsonMapper.shared().readTree(samples.get(0));
        assertThat(first.path("key").asString()).isEqualTo("a.png");
        assertThat(first.path("references").size()).isEqualTo(2);
        assertThat(first.path("caption").asString()).isNotEmpty();
        assertThat(Files.readString(out.resolve("index.html")))
                .contains("data:image/jpeg;base64,", "a &lt;red&gt; cat")
                .doesNotContain("<red>");
        var json = JsonMapper.shared().readTree(Files.readString(out.resolve("evaluation.json")));
        assertThat(json.path("samples").asInt()).isEqualTo(2);
        assertThat(json.path("figures").path("CIDEr").isNumber()).isTrue();
    }

    @Test
    void aDamagedPictureIsLeftOutAndNamed() throws IOException {
        String data = data();
        file("data/c.jpg", "no picture");
        file("data/c.txt", "nothing");
        Path out = home.resolve("out");
        Result result = run("evaluate", model, "--data", data, "--task", "caption", "--out", out.toString());
        assertThat(result.status()).as(result.err()).isZero();
        assertThat(result.err()).contains("1 of 3 examples left out", "c.jpg");
        assertThat(Files.readAllLines(out.resolve("samples.jsonl"))).hasSize(2);
    }

    @Test
    void jsonIsOneObject() throws IOException {
        Result result = run(
                "evaluate",
                model,
                "--data",
                data(),
                "--task",
                "caption",
                "--limit",
                "1",
                "--json",
                "--out",
                home.resolve("o").toString());
        assertThat(result.json()).singleElement().satisfies(json -> {
            assertThat(json.path("task").asString()).isEqualTo("caption");
            assertThat(json.path("samples").asInt()).isEqualTo(1);
        });
        assertThat(result.err()).contains("single picture");
    }

    @Test
    void whatCannotBeDoneIsOneLine() throws IOException {
        String data = data();
        assertThat(run("evaluate", model, "--data", data, "--task", "poems").err())
                .contains("'poems' is not known");
        assertThat(run("evaluate", model, "--data", data, "--task", "vqa").err())
                .contains("none with questions");
        assertThat(run("evaluate", model, "--data", data + "/no", "--task", "caption")
                        .err())
                .contains("no such file");
        var pairs = file("pairs.jsonl", "{\"images\": [\"a\", \"b\"], \"sentence\": \"so\", \"label\": true}\n");
        Result judged = run(
                "evaluate",
                model,
                "--data",
                pairs,
                "--task",
                "nlvr2",
                "--out",
                home.resolve("x").toString());
        assertThat(judged.status()).isEqualTo(2);
        assertThat(judged.err()).contains("has nothing for the task nlvr2");
        assertThat(run("evaluate", model, "--data", data, "--task", "vqa", "--rank", "--candidates", "a")
                        .err())
                .contains("exclude each other");
    }

    @Test
    void aRecipeHoldsModelAndFlags() throws IOException {
        String recipe = file(
                "my.yaml",
                "# Mine\nkind: evaluation\nmodel: " + model + "\ndata: " + data() + "\ntask: caption\nlimit: 2\n");
        String out = home.resolve("o").toString();
        Result whole = run("evaluate", recipe, "--json", "--out", out);
        assertThat(whole.status()).as(whole.err()).isZero();
        assertThat(whole.json())
                .singleElement()
                .satisfies(json -> assertThat(json.path("samples").asInt()).isEqualTo(2));
        // Flags count more than the file.
        Result one = run("evaluate", recipe, "--json", "--limit", "1", "--out", out);
        assertThat(one.json())
                .singleElement()
                .satisfies(json -> assertThat(json.path("samples").asInt()).isEqualTo(1));
        Result wrong = run("evaluate", file("wrong.yaml", "kind: evaluation\ntasks: caption\n"));
        assertThat(wrong.status()).isEqualTo(2);
        assertThat(wrong.err()).contains("did you mean task?");
        Result training = run("evaluate", file("training.yaml", "kind: blip-scenes\n"));
        assertThat(training.status()).isEqualTo(2);
        assertThat(training.err()).contains("is of kind 'blip-scenes'", "the run's directory");
    }

    @Test
    void withoutDataOnlyRunsAreMeasured() throws IOException {
        assertThat(run("evaluate", model).err()).contains("give --data and --task");
        assertThat(run("evaluate", "scenes-tiny").err()).contains("is a recipe; train it");
        file("model/recipe.yaml", "task: caption\nsteps: 3\n");
        assertThat(run("evaluate", model).err()).contains("was tuned for caption", "give --data");
        // What it was tuned for need not be said.
        Result tuned = run(
                "evaluate", model, "--data", data(), "--out", home.resolve("o").toString());
        assertThat(tuned.status()).as(tuned.err()).isZero();
        assertThat(tuned.out()).contains("CIDEr");
    }
}
