package io.medley.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.data.Dataset;
import io.medley.data.Loader;
import io.medley.data.LoaderOptions;
import io.medley.data.Mixture;
import io.medley.data.Place;
import io.medley.data.Row;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** A run in its directory: what it leaves, how it goes on, what it refuses. How it survives being killed: see KilledRunTest. */
class RunTest {
    private static final int STEPS = 20;

    @TempDir
    Path home;

    private final List<String> said = new ArrayList<>();
    private final ObjectNode recipe = JsonMapper.shared().createObjectNode().put("steps", STEPS);

    private RunDirectory open(Path folder) throws IOException {
        return RunDirectory.open(folder, recipe, new Reporter() {
            @Override
            public void say(String line) {
                said.add(line);
            }

            @Override
            public void progress(Supplier<String> line, boolean last) {
                if (last) {
                    said.add(line.get());
                }
            }
        });
    }

    private static RunOptions saving(long steps, PlateauWatch... watches) {
        return new RunOptions(0, steps, List.of(watches), 1);
    }

    private void train(Path folder, RunOptions options, Batches<float[]> batches) throws IOException {
        var toy = new ToyTraining();
        try (batches;
                var directory = open(folder)) {
            directory.run(options).train(toy.trainer(ToyTraining.options(STEPS)), toy::losses, batches);
        }
    }

    private static List<JsonNode> metrics(Path folder) throws IOException {
        return Files.readAllLines(folder.resolve("metrics.jsonl")).stream()
                .map(JsonMapper.shared()::readTree)
                .toList();
    }

    @Test
    void leavesMetricsWeightsPlotsAndAReport() throws IOException {
        train(home, saving(0), ToyTraining.batches());
        var lines = metrics(home);
        assertThat(lines).hasSize(STEPS);
        for (int i = 0; i < STEPS; i++) {
            assertThat(lines.get(i).get("step").asLong()).isEqualTo(i);
            assertThat(lines.get(i).propertyNames())
                    .contains("step", "loss", "error", "pull", "lr", "samples_per_s", "data_s");
        }
        assertThat(home.resolve("last.safetensors")).exists();
        assertThat(home.resolve("average.safetensors")).exists();
        for (var png : List.of("losses.png", "learning-rate.png", "speed.png")) {
            assertThat(javax.imageio.ImageIO.read(home.resolve(png).toFile())).isNotNull();
        }
        assertThat(Files.readString(home.resolve("report.html"))).contains("losses.png", "steps: 20", "libtorch");
        assertThat(Files.readString(home.resolve("recipe.yaml"))).contains("steps: 20");
        try (var weights = io.medley.checkpoint.Checkpoint.open(home.resolve("last.safetensors"))) {
            assertThat(weights.names()).contains("tower.hidden.weight", "follower");
            assertThat(weights.metadata())
                    .containsEntry("seed", "1")
                    .containsEntry("data", "toy")
                    .containsKey("code");
        }
        assertThat(said.get(0))
                .contains("20/20  loss")
                .contains("error")
                .contains("samples/s")
                .contains("MB");
    }

    @Test
    void aFinishedRunSaysSo() throws IOException {
        train(home, saving(0), ToyTraining.batches());
        var before = Files.readAllBytes(home.resolve("metrics.jsonl"));
        said.clear();
        train(home, saving(0), ToyTraining.batches());
        assertThat(said).singleElement().asString().contains("is finished (20 steps)");
        assertThat(Files.readAllBytes(home.resolve("metrics.jsonl"))).isEqualTo(before);
    }

    @Test
    void unreadableDataEndItWithTheLastCheckpointIntact() throws IOException {
        var whole = home.resolve("whole");
        train(whole, saving(0), ToyTraining.batches());
        var broken = home.resolve("broken");
        assertThatThrownBy(() -> train(broken, saving(4), failing(11)))
                .isInstanceOf(MedleyException.class)
                .hasMessage("shard-3.tar: cannot be read; the checkpoint after step 8 stands, and the same command"
                        + " continues from it");
        assertThat(metrics(broken)).hasSize(11);
        train(broken, saving(4), ToyTraining.batches());
        assertThat(said).anyMatch(line -> line.contains("continues at step 8 of 20"));
        assertThat(metrics(broken).stream().map(RunTest::withoutSpeed))
                .isEqualTo(metrics(whole).stream().map(RunTest::withoutSpeed).toList());
        assertThat(Files.readAllBytes(broken.resolve("last.safetensors")))
                .isEqualTo(Files.readAllBytes(whole.resolve("last.safetensors")));
    }

    private static Batches<float[]> failing(long at) {
        var good = ToyTraining.batches();
        return Batches.computed("toy", ToyTraining.BATCH, n -> {
            if (n == at) {
                throw new MedleyException("shard-3.tar: cannot be read");
            }
            return good.next();
        });
    }

    private static String withoutSpeed(JsonNode line) {
        ((ObjectNode) line).remove("samples_per_s");
        ((ObjectNode) line).remove("data_s");
        return line.toString();
    }

    @Test
    void lossesThatAreNoNumbersEndItWithTheLastCheckpointIntact() throws IOException {
        var toy = new ToyTraining();
        try (var batches = ToyTraining.batches();
                var directory = open(home)) {
            assertThatThrownBy(() -> directory
                            .run(saving(5))
                            .train(
                                    toy.trainer(ToyTraining.options(STEPS)),
                                    (batch, step) -> step.number() < 7
                                            ? toy.losses(batch, step)
                                            : Losses.of("error", toy.out.sum().mul(Double.NaN)),
                                    batches))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("step 7: the loss is NaN")
                    .hasMessageContaining("the checkpoint after step 5 stands");
        }
        train(home, saving(5), ToyTraining.batches());
        assertThat(metrics(home)).hasSize(STEPS);
    }

    @Test
    void anotherRecipeOrOtherDataAreRefused() throws IOException {
        train(home, saving(0), ToyTraining.batches());
        recipe.put("steps", 30).put("extra", "x");
        assertThatThrownBy(() -> open(home))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("extra was absent and is now \"x\"")
                .hasMessageContaining("steps was 20 and is now 30");
        recipe.put("steps", STEPS).remove("extra");
        assertThatThrownBy(() -> train(
                        home, saving(0), Batches.computed("other pictures", ToyTraining.BATCH, n -> new float[32])))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("was trained on toy, the data are now other pictures");
    }

    @Test
    void aRecipeThatNeverTookAStepCanBeMended() throws IOException {
        open(home).close();
        recipe.put("queue", 96);
        open(home).close();
        assertThat(Files.readString(home.resolve("recipe.yaml"))).contains("queue: 96");
    }

    @Test
    void aDirectoryInUseOrWithOtherThingsIsRefused() throws IOException {
        try (var first = open(home)) {
            assertThatThrownBy(() -> open(home))
                    .isInstanceOf(MedleyException.class)
                    .hasMessageContaining("trains here");
            assertThat(first.folder()).isEqualTo(home);
        }
        var other = Files.createDirectories(home.resolve("photos"));
        Files.writeString(other.resolve("cat.txt"), "a cat");
        assertThatThrownBy(() -> open(other))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("cat.txt");
    }

    @Test
    void whatAKilledProcessLeftUnderATemporaryNameGoes() throws IOException {
        var leftover = Files.writeString(home.resolve(".state.safetensors.4711-5c0ffee.tmp"), "half a state");
        open(home).close();
        assertThat(leftover).doesNotExist();
    }

    @Test
    void aPlateauIsWarnedOfOnceAWindow() throws IOException {
        var toy = new ToyTraining();
        var watch = new PlateauWatch("itm", 0.6365, 0.01, 5, 8, "it predicts the prior");
        try (var batches = ToyTraining.batches();
                var directory = open(home)) {
            directory
                    .run(saving(0, watch))
                    .train(
                            toy.trainer(ToyTraining.options(STEPS)),
                            (batch, step) ->
                                    Losses.of("itm", toy.out.sum().mul(0).add(step.number() < 15 ? 0.637 : 0.2)),
                            batches);
        }
        assertThat(said.stream().filter(line -> line.startsWith("warning")))
                .containsExactly(
                        "warning: step 9: itm has stayed at 0.6365 for 5 steps: it predicts the prior",
                        "warning: step 14: itm has stayed at 0.6365 for 5 steps: it predicts the prior");
    }

    /** Rows of eight numbers in shards of ten; a shard may be gone. */
    private record Rows(Set<Integer> gone) implements Dataset.Sharded<float[]> {
        @Override
        public String name() {
            return "rows";
        }

        @Override
        public int shards() {
            return 12;
        }

        @Override
        public String shard(int shard) {
            return "shard-" + shard + ".tar";
        }

        @Override
        public Dataset.Rows<float[]> open(int shard) {
            if (gone.contains(shard)) {
                throw new MedleyException(shard(shard) + ": no such file; bring it back");
            }
            return new TenRows(this, shard);
        }
    }

    private static final class TenRows implements Dataset.Rows<float[]> {
        private final Rows data;
        private final int shard;
        private int at;

        TenRows(Rows data, int shard) {
            this.data = data;
            this.shard = shard;
        }

        @Override
        public boolean hasNext() {
            return at < 10;
        }

        @Override
        public Row<float[]> next() {
            int number = shard * 10 + at;
            var values = new float[8];
            for (int i = 0; i < 8; i++) {
                values[i] = (float) Math.sin(number * 8 + i);
            }
            return new Row.Good<>(new Place(data.shard(shard), at++), "row" + number, values);
        }

        @Override
        public long skip(long rows) {
            long passed = Math.min(rows, 10 - at);
            at += (int) passed;
            return passed;
        }

        @Override
        public void close() {}
    }

    private static Batches<float[]> loaded(Rows rows) {
        var options = LoaderOptions.training(ToyTraining.BATCH, 3).withShuffleBuffer(25);
        return Batches.loaded(
                new Loader<float[], float[]>(Mixture.of(rows), (row, seed) -> row, row -> 1, options, broken -> {}),
                items -> {
                    var all = new float[items.size() * 8];
                    for (int i = 0; i < items.size(); i++) {
                        System.arraycopy(items.get(i), 0, all, i * 8, 8);
                    }
                    return all;
                });
    }

    @Test
    void aShardThatIsGoneEndsItAndTheLoaderGoesOnWithTheVeryNextSample() throws IOException {
        var whole = home.resolve("whole");
        train(whole, saving(0), loaded(new Rows(Set.of())));
        var broken = home.resolve("broken");
        // 20 steps read 80 of 120 rows and 25 ahead, so some of these are met on the way.
        var gone = new Rows(new HashSet<>(Set.of(2, 5, 8, 11)));
        assertThatThrownBy(() -> train(broken, saving(1), loaded(gone)))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining(".tar: no such file; bring it back");
        gone.gone().clear();
        train(broken, saving(1), loaded(gone));
        assertThat(metrics(broken).stream().map(RunTest::withoutSpeed))
                .isEqualTo(metrics(whole).stream().map(RunTest::withoutSpeed).toList());
    }
}
