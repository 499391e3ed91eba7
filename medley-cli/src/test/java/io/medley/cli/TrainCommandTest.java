package io.medley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.Models;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.json.JsonMapper;

/** {@code medley train} as users type it, on a model of a few thousand parameters, and {@code medley evaluate} on what it leaves. */
class TrainCommandTest {
    private static final List<String> TINY = List.of(
            "threads=1",
            "batch=4",
            "queue=8",
            "model.width=16",
            "model.heads=2",
            "model.embedDim=8",
            "model.imageSize=32",
            "model.patchSize=16",
            "model.visionLayers=1",
            "model.textLayers=1");

    @TempDir
    Path home;

    private record Result(int status, String out, String err) {}

    private static Result run(List<String> arguments) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var session = new Session(new Console(out, err, false), Models.registry(), Map.of());
        int status = Commands.line(session).execute(arguments.toArray(new String[0]));
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    private Result train(Path run, String... settings) {
        var arguments = new ArrayList<>(List.of("train", "scenes-tiny", "--out", run.toString()));
        TINY.forEach(setting -> arguments.addAll(List.of("--set", setting)));
        for (var setting : settings) {
            arguments.addAll(List.of("--set", setting));
        }
        return run(arguments);
    }

    @Test
    void trainsOnceAndLeavesAModelThatCanBeMeasured() throws IOException {
        var run = home.resolve("run");
        var first = train(run, "steps=3");
        assertThat(first.status()).as(first.err()).isZero();
        assertThat(first.err()).contains("Time: ", "3/3  loss ");
        var steps = Files.readAllLines(run.resolve("metrics.jsonl"));
        assertThat(steps).hasSize(3);
        var last = JsonMapper.shared().readTree(steps.get(2));
        assertThat(last.propertyNames()).contains("step", "loss", "itc", "itm", "lm", "lr", "samples_per_s");
        assertThat(run.resolve("last.safetensors")).exists();
        assertThat(run.resolve("report.html")).exists();

        var again = train(run, "steps=3");
        assertThat(again.status()).isZero();
        assertThat(again.err()).contains("is finished (3 steps)");
        assertThat(Files.readAllLines(run.resolve("metrics.jsonl"))).isEqualTo(steps);
        var other = train(run, "steps=4");
        assertThat(other.status()).isEqualTo(2);
        assertThat(other.err()).contains("belongs to another recipe (steps was 3 and is now 4)");

        var out = home.resolve("measured");
        var measured = run(List.of("evaluate", run.toString(), "--limit", "4", "--out", out.toString()));
        assertThat(measured.status()).as(measured.err()).isZero();
        assertThat(measured.out()).contains("| ITM AUC | ", "| caption CIDEr | ");
        assertThat(JsonMapper.shared()
                        .readTree(Files.readString(out.resolve("evaluation.json")))
                        .path("compositional")
                        .path("text retrieval R@1")
                        .isNumber())
                .isTrue();
    }

    @Test
    void whatIsWrongIsSaidBeforeAnythingStarts() {
        var unknown = train(home.resolve("no"), "stepps=3");
        assertThat(unknown.status()).isEqualTo(2);
        assertThat(unknown.err()).contains("there is no setting 'stepps'; did you mean steps?");
        var queue = train(home.resolve("no"), "queue=9");
        assertThat(queue.status()).isEqualTo(2);
        assertThat(queue.err()).contains("queue 9 is not a multiple of batch 4");
        var recipe =
                run(List.of("train", "scenes-tinny", "--out", home.resolve("no").toString()));
        assertThat(recipe.status()).isEqualTo(2);
        assertThat(recipe.err()).contains("did you mean scenes-tiny?");
        assertThat(home.resolve("no").resolve("metrics.jsonl")).doesNotExist();
    }
}
