package io.medley.bootstrap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.Models;
import io.medley.model.LoadOptions;
import io.medley.tensor.MedleyException;
import io.medley.train.Recipe;
import io.medley.train.Reporter;
import io.medley.train.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tiny circles: undisturbed, broken off again and again, with other settings, on data of one's own. */
class BootstrapTest {
    private static final String TINY =
            """
            # Time: seconds. Memory: little. Result: nothing of use.
            kind: bootstrap
            scenes: {web: 24, clean: 14, shard: 8, visionSteps: 2}
            model: {imageSize: 32, width: 32, heads: 2, visionLayers: 1, textLayers: 1, embedDim: 16}
            pretrain: {steps: 5, batch: 4, queue: 8}
            captioner: {steps: 3, batch: 4}
            filter: {steps: 3, batch: 4}
            capfilt: {threshold: 0.3, samples: 2, maxLength: 8, batch: 8}
            retrain: {steps: 5, batch: 4, queue: 8}
            finetune: {tasks: [caption], steps: 2, batch: 4}
            validation: 4
            saveSteps: 2
            threads: 1
            bfloat16: false
            """;

    @TempDir
    Path home;

    /** What stops a circle as a full disk or a pulled plug would: at any line it says, in the middle of a stage. */
    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1L;
    }

    private static final class Lines implements Reporter {
        final List<String> said = new ArrayList<>();
        private final AtomicInteger left;

        Lines(int most) {
            left = new AtomicInteger(most);
        }

        @Override
        public void say(String line) {
            said.add(line);
            count();
        }

        @Override
        public void progress(Supplier<String> line, boolean last) {
            count();
        }

        private void count() {
            if (left.decrementAndGet() < 0) {
                throw new Broken();
            }
        }
    }

    private Recipe recipe(String yaml, Map<String, String> changes) throws IOException {
        var file = Files.writeString(home.resolve("circle.yaml"), yaml);
        return Bootstrap.recipe(file.toString(), changes, Models.registry());
    }

    private static Lines run(Recipe recipe, Path out, int most) throws IOException {
        var lines = new Lines(most);
        try (var directory = RunDirectory.open(out, recipe.settings(), lines)) {
            recipe.kind().run(recipe, directory);
        }
        return lines;
    }

    /** All that has to be equal: weights of every stage, shards and side-cars. */
    private static Map<String, byte[]> results(Path out) throws IOException {
        var results = new TreeMap<String, byte[]>();
        try (var files = Files.walk(out)) {
            for (var file : files.filter(f -> f.toString().matches(".*(/model\\.safetensors|\\.tar|\\.parquet)"))
                    .toList()) {
                results.put(out.relativize(file).toString(), Files.readAllBytes(file));
            }
        }
        return results;
    }

    @Test
    void aCircleThatIsBrokenOffAgainAndAgainEqualsOneThatIsNot() throws Exception {
        var recipe = recipe(TINY, Map.of());
        var out = home.resolve("run");
        run(recipe, out, Integer.MAX_VALUE);
        var undisturbed = results(out);
        assertThat(undisturbed)
                .containsKeys(
                        "pretrain/model.safetensors",
                        "captioner/model.safetensors",
                        "filter/model.safetensors",
                        "capfilt/00000.tar",
                        "capfilt/00002.parquet",
                        "retrain/model.safetensors",
                        "finetune-caption/model.safetensors");
        assertThat(Files.readString(out.resolve("evaluation/evaluation.md"))).contains("CIDEr", "retrieval");
        // Stages name each other's folders in what they write, so the second circle goes where the first was.
        Files.move(out, home.resolve("undisturbed"));

        int breaks = 0;
        boolean finished = false;
        var said = new ArrayList<String>();
        for (int most = 6; !finished; most += 7) {
            try {
                said.addAll(run(recipe, out, most).said);
                finished = true;
            } catch (RuntimeException e) {
                breaks++; // the broken one, or a stage that could not go on because of it
            }
        }
        assertThat(breaks).isGreaterThan(4);
        assertThat(said).contains("pretrain: done before", "capfilt: done before");
        var disturbed = results(out);
        assertThat(disturbed.keySet()).isEqualTo(undisturbed.keySet());
        disturbed.forEach((name, bytes) -> assertThat(bytes).as(name).isEqualTo(undisturbed.get(name)));

        assertThatThrownBy(() -> run(recipe(TINY, Map.of("capfilt.threshold", "0.4")), out, Integer.MAX_VALUE))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("capfilt.threshold was 0.3 and is now 0.4");
        ownData(out);
    }

    /** Anyone's pairs: here those the other circle has drawn, and its first model to start with. */
    private void ownData(Path drawn) throws IOException {
        var settings = new HashMap<String, String>();
        settings.put("data.web", drawn.resolve("world/web/{00000..00001}.tar").toString());
        settings.put(
                "data.clean", drawn.resolve("world/clean/dataset_train.json").toString());
        settings.put("model.start", drawn.resolve("pretrain").toString());
        settings.put("model.startWith", "all");
        settings.put("capfilt.beams", "2");
        settings.put("capfilt.samples", "1");
        settings.put("capfilt.threshold", "0");
        settings.put("finetune.tasks", "[]");
        settings.put("minScale", "1");
        var out = home.resolve("own");
        run(recipe(TINY, settings), out, Integer.MAX_VALUE);
        assertThat(out.resolve("world")).doesNotExist();
        assertThat(out.resolve("vision")).doesNotExist();
        assertThat(Files.readAllBytes(out.resolve("start/model.safetensors")))
                .isEqualTo(Files.readAllBytes(drawn.resolve("pretrain/model.safetensors")));
        try (var model = Models.registry().load(out.resolve("retrain").toString(), LoadOptions.DEFAULT)) {
            assertThat(model.captioner()).isPresent();
            assertThat(model.matcher()).isPresent();
        }
    }

    @Test
    void theBuiltInOneSaysTimeMemoryAndResultAndMistakesAreSaidOnOneLine() throws Exception {
        var recipe = Bootstrap.recipe(Bootstrap.SCENES, Map.of(), Models.registry());
        assertThat(String.join(" ", recipe.about())).contains("Time: ", "Memory: ", "Result: ");
        refuses(Map.of("data.web", "somewhere.tar"), "name both, or neither");
        refuses(Map.of("capfilt.policy", "papper"), "policy 'papper' is not known");
        refuses(Map.of("pretrain.queue", "9"), "queue 9 is not a multiple of batch 4");
        refuses(Map.of("finetune.tasks", "[vqa]"), "finetune.tasks may be caption and retrieval");
        refuses(Map.of("validation", "12"), "14 pictures, of which 12 are to be held out");
        refuses(Map.of("data.web", "no.tar", "data.clean", "no.json"), "no.json: no such file");
    }

    private void refuses(Map<String, String> changes, String says) {
        assertThatThrownBy(
                        () -> run(recipe(TINY, changes), home.resolve("refused-" + says.hashCode()), Integer.MAX_VALUE))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining(says)
                .message()
                .hasLineCount(1);
    }
}
