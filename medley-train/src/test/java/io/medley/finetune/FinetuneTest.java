package io.medley.finetune;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.ModelRegistry;
import io.medley.checkpoint.Checkpoint;
import io.medley.checkpoint.SafetensorsWriter;
import io.medley.evaluate.EvaluateOptions;
import io.medley.evaluate.Evaluator;
import io.medley.evaluate.Example;
import io.medley.evaluate.ExampleFiles;
import io.medley.evaluate.Picture;
import io.medley.evaluate.Task;
import io.medley.hub.HubCache;
import io.medley.image.RgbImage;
import io.medley.model.LoadOptions;
import io.medley.model.blip.BlipConfig;
import io.medley.model.blip.BlipPretrained;
import io.medley.model.blip.task.BlipDirectory;
import io.medley.model.blip.task.BlipFamily;
import io.medley.model.blip.task.BlipStart;
import io.medley.model.med.MedConfig;
import io.medley.model.vit.VitConfig;
import io.medley.nn.Weights;
import io.medley.scenes.PictureFormat;
import io.medley.scenes.SceneRange;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.SceneVocabulary;
import io.medley.scenes.SceneWriter;
import io.medley.task.CaptionOptions;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.train.Reporter;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Every way to tune, on a model of a few thousand parameters and a dozen pictures. */
class FinetuneTest {
    @TempDir
    static Path folder;

    private final List<String> said = new ArrayList<>();

    @BeforeAll
    static void data() throws IOException {
        Engine.setThreads(1);
        new SceneWriter(new SceneRange(SceneSplit.TRAIN, 0, 12, 32, PictureFormat.PNG), folder.resolve("data"), n -> {})
                .writeKarpathy();
        model(folder.resolve("start"));
    }

    private static void model(Path directory) throws IOException {
        Files.createDirectories(directory);
        SceneVocabulary.write(directory.resolve("vocab.txt"));
        int vocabulary = SceneVocabulary.tokens().size() + 2;
        var config = new BlipConfig(
                new VitConfig(32, 8, 24, 1, 4, 48, 1e-6),
                new MedConfig(vocabulary, 24, 1, 4, 48, 40, 24, 1e-12),
                16,
                true,
                "");
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var weights = Weights.random(3);
            var model = new BlipPretrained(weights, config);
            assertThat(model.matcher()).isNotNull();
            SafetensorsWriter.write(directory.resolve("model.safetensors"), plain(weights.parameters()), Map.of());
        }
        new BlipDirectory(config, Map.of(BlipDirectory.Part.PRETRAIN, "model.safetensors")).write(directory);
    }

    private static Map<String, Tensor> plain(Map<String, Tensor> parameters) {
        var plain = new LinkedHashMap<String, Tensor>();
        parameters.forEach((name, tensor) -> plain.put(name, tensor.detach()));
        return plain;
    }

    private static ModelRegistry registry() {
        return new ModelRegistry(
                List.of(new BlipFamily()), List.of(), List.of(), new HubCache(folder.resolve("no-cache")));
    }

    private static List<? extends Example> examples(Task task) {
        var files = ExampleFiles.open(folder.resolve("data").toString(), "");
        if (task != Task.NLVR2 && task != Task.CLASSIFY) {
            return Evaluator.examples(task, files);
        }
        var captioned = files.captioned();
        var made = new ArrayList<Example>();
        for (int i = 0; i < captioned.size(); i++) {
            var here = captioned.get(i);
            var next = captioned.get((i + 1) % captioned.size());
            made.add(
                    task == Task.NLVR2
                            ? new Example.Pair(
                                    here.key(),
                                    here.picture(),
                                    next.picture(),
                                    here.texts().get(0),
                                    i % 2 == 0)
                            : new Example.Labelled(here.key(), here.picture(), "", i % 2 == 0 ? "even" : "odd"));
        }
        return made;
    }

    private Finetune finetune(FinetuneOptions options) {
        return new Finetune(registry(), options, EvaluateOptions.blip(), Reporter.lines(said::add));
    }

    private static FinetuneOptions options(Task task, long steps) {
        return FinetuneOptions.of(task)
                .with(Map.of("steps", Long.toString(steps), "batch", "4", "schedule.peak", "1e-3", "heldOut", "0.25"));
    }

    @ParameterizedTest
    @EnumSource(Task.class)
    void everyTaskEndsInAModelThatDoesIt(Task task) throws IOException {
        var out = folder.resolve("out-" + task.word());
        var result = finetune(options(task, 3)).run(folder.resolve("start").toString(), examples(task), out);
        assertThat(result.after().task()).isEqualTo(task.word());
        assertThat(result.after().figures().values()).isNotEmpty().allMatch(Double::isFinite);
        assertThat(result.before().isPresent())
                .isEqualTo(task == Task.CAPTION || task == Task.RETRIEVAL || task == Task.CLASSIFY);
        try (var model = registry().load(out.toString(), LoadOptions.DEFAULT)) {
            assertThat(new Evaluator(model, EvaluateOptions.blip()).can(task)).isTrue();
        }
        assertThat(out.resolve("evaluation.json")).exists();
        assertThat(said)
                .anyMatch(line -> line.contains("tensors taken over"))
                .anyMatch(line -> line.startsWith("after: "));
        // A finished run trains no more.
        var again = finetune(options(task, 3)).run(folder.resolve("start").toString(), examples(task), out);
        assertThat(again.after().figures()).isEqualTo(result.after().figures());
        assertThat(said).anyMatch(line -> line.contains("finished already"));
    }

    @Test
    void theLossFallsAndTheCaptionerHasLearntWords() throws IOException {
        var out = folder.resolve("learnt");
        var result = finetune(options(Task.CAPTION, 120).with(Map.of("batch", "12", "schedule.peak", "5e-3")))
                .run(folder.resolve("start").toString(), examples(Task.CAPTION), out);
        assertThat(result.after().figures().get("Bleu_1"))
                .isGreaterThan(result.before().orElseThrow().figures().get("Bleu_1") + 0.1);
        try (var model = registry().load(out.toString(), LoadOptions.DEFAULT)) {
            var picture = ((Example.Captioned) examples(Task.CAPTION).get(0))
                    .picture()
                    .load();
            assertThat(model.captioner()
                            .orElseThrow()
                            .caption(picture, CaptionOptions.greedy())
                            .get(0)
                            .text())
                    .isNotBlank();
        }
    }

    private Map<String, Tensor> tuned(String name, Task task, Map<String, String> settings) throws IOException {
        var out = folder.resolve(name);
        finetune(options(task, 2).with(settings)).run(folder.resolve("start").toString(), examples(task), out);
        try (var checkpoint = Checkpoint.open(out.resolve("model.safetensors"))) {
            var tensors = new LinkedHashMap<String, Tensor>();
            checkpoint
                    .names()
                    .forEach(tensor ->
                            tensors.put(tensor, checkpoint.load(tensor).copy()));
            return tensors;
        }
    }

    private static double change(Map<String, Tensor> a, Map<String, Tensor> b, String name) {
        return a.get(name).sub(b.get(name)).abs().sum().item();
    }

    @Test
    void adaptersLeaveAllElseAsItWas() throws IOException {
        try (var scope = Scope.open();
                var start = Checkpoint.open(folder.resolve("start/model.safetensors"))) {
            var before = new LinkedHashMap<String, Tensor>();
            start.names().forEach(name -> before.put(name, start.load(name).copy()));
            var after = tuned("lora", Task.CAPTION, Map.of("lora.rank", "2", "lora.targets", "['*.attn.qkv']"));
            // Merged: the file holds what any captioner's holds.
            assertThat(after.keySet()).noneMatch(name -> name.contains("lora"));
            assertThat(change(before, after, "visual_encoder.blocks.0.attn.qkv.weight"))
                    .isPositive();
            assertThat(change(before, after, "visual_encoder.blocks.0.attn.proj.weight"))
                    .isZero();
            assertThat(change(before, after, "text_decoder.bert.encoder.layer.0.attention.self.query.weight"))
                    .isZero();
            assertThat(said).anyMatch(line -> line.startsWith("LoRA of rank 2"));
        }
    }

    @Test
    void settingsOfTheTrainingReachIt() throws IOException {
        try (var scope = Scope.open()) {
            var plain = tuned("plain", Task.RETRIEVAL, Map.of());
            var name = "visual_encoder.blocks.0.mlp.fc1.weight";
            // The same in less memory.
            var saving = tuned("saving", Task.RETRIEVAL, Map.of("chunk", "2", "recompute", "true"));
            assertThat(change(plain, saving, name)).isLessThan(1e-3);
            // Not the same.
            var averaged = tuned("averaged", Task.RETRIEVAL, Map.of("average", "0.9"));
            var decayed = tuned(
                    "decayed",
                    Task.RETRIEVAL,
                    Map.of("optimizer.layerDecay", "0.1", "optimizer.layers", "visual_encoder.blocks"));
            var accumulated = tuned("accumulated", Task.RETRIEVAL, Map.of("accumulate", "2"));
            for (var other : List.of(averaged, decayed, accumulated)) {
                assertThat(change(plain, other, name)).isGreaterThan(1e-3);
            }
            assertThat(said).anyMatch(line -> line.startsWith("2 steps of 8 rows"));
        }
        assertThatThrownBy(() -> FinetuneOptions.of(Task.CAPTION).with(Map.of("lora.rnk", "2")))
                .hasMessageContaining("lora.rank");
        assertThatThrownBy(() -> FinetuneOptions.of(Task.CAPTION).with(Map.of("chunk", "2")))
                .hasMessageContaining("accumulate");
    }

    @Test
    void unreadablePicturesAreLeftOutUntilTheyAreTooMany() throws IOException {
        var good = examples(Task.CAPTION);
        var some = new ArrayList<Example>(good.subList(0, 11));
        some.add(broken("one"));
        var out = folder.resolve("broken");
        var training = List.copyOf(some);
        finetune(options(Task.CAPTION, 4)).run(folder.resolve("start").toString(), training, good.subList(0, 2), out);
        assertThat(said).anyMatch(line -> line.contains("left out: one.jpg"));
        some.add(broken("two"));
        some.add(broken("three"));
        assertThatThrownBy(() -> finetune(options(Task.CAPTION, 30))
                        .run(
                                folder.resolve("start").toString(),
                                some,
                                good.subList(0, 2),
                                folder.resolve("too-broken")))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("cannot be read");
    }

    private static Example broken(String name) {
        var picture = new Picture() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public RgbImage load() {
                throw new MedleyException(name + ".jpg: is damaged");
            }
        };
        return new Example.Captioned(name, picture, List.of("a cat", "a red cat", "the cat", "cats", "a cat here"), "");
    }

    @Test
    void batchesGoOnWhereTheyStopped() throws IOException {
        var captioned = ExampleFiles.open(folder.resolve("data").toString(), "").captioned();
        var files = registry().find(folder.resolve("start").toString());
        try (var start = BlipStart.open(files, LoadOptions.DEFAULT);
                var scope = Scope.open()) {
            var inputs = new TuningInputs(start, 0.8);
            var tuning = new CaptionTuning(start, inputs, captioned, Weights.random(1));
            var reporter = Reporter.lines(said::add);
            try (var whole = TuningBatches.of(tuning, inputs, 7, 5, reporter);
                    var rest = TuningBatches.of(tuning, inputs, 7, 5, reporter);
                    var other = TuningBatches.of(tuning, inputs, 7, 6, reporter)) {
                // Past the end of the first epoch of 60 rows.
                for (int i = 0; i < 8; i++) {
                    assertThat(whole.next().texts().rows()).isEqualTo(7);
                }
                rest.restore(whole.state());
                var next = whole.next();
                var same = rest.next();
                assertThat(same.pixels()).containsExactly(next.pixels());
                assertThat(same.texts().ids()).containsExactly(next.texts().ids());
                assertThat(rest.identity()).isEqualTo(whole.identity());
                assertThat(other.next().pixels()).isNotEqualTo(next.pixels());
            }
        }
    }

    @Test
    void answersAreWeighedByThoseWhoGaveThem() {
        assertThat(AnswerTuning.shares(List.of("red", "red", "blue", "red")))
                .containsExactly(Map.entry("red", 0.75), Map.entry("blue", 0.25));
    }

    @Test
    void heldOutPicturesAreNotLearntFrom() {
        var questions = examples(Task.VQA);
        var split = HeldOut.of(questions, 0.25, 1);
        var learnt = split.training().stream()
                .map(e -> ((Example.Question) e).picture().name())
                .toList();
        assertThat(split.validation())
                .isNotEmpty()
                .noneMatch(e -> learnt.contains(((Example.Question) e).picture().name()));
        assertThat(split.training().size() + split.validation().size()).isEqualTo(questions.size());
    }
}
