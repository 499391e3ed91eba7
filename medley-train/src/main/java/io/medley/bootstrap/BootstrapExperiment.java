package io.medley.bootstrap;

import io.medley.ModelRegistry;
import io.medley.capfilt.Policy;
import io.medley.checkpoint.AtomicFile;
import io.medley.data.Sample;
import io.medley.data.ShardWriter;
import io.medley.evaluate.Example;
import io.medley.evaluate.Task;
import io.medley.model.LoadOptions;
import io.medley.recipe.ScenesEvaluation;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.Scenes;
import io.medley.tensor.MedleyException;
import io.medley.train.Recipe;
import io.medley.train.Reporter;
import io.medley.train.RunDirectory;
import io.medley.train.Stages;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import tools.jackson.databind.json.JsonMapper;

/**
 * Whether the circle gains anything: new models pre-trained from one start with one budget on what each {@link Arm} keeps of the small world's noisy
 * pairs, judged on clean pictures they have not seen. May be broken off anywhere; done stages are not done again. Processes with different
 * seeds can share a folder once the world is drawn.
 */
public final class BootstrapExperiment {
    /** What a seed's arm came to. */
    static final String FIGURES = "figures.json";

    private static final int SHARD = 500;
    private static final int HELD_OUT = 16;

    /** The paper's. */
    private static final double THRESHOLD = Policy.PAPER_THRESHOLD;

    /**
     * The budget, the same for every arm.
     *
     * @param from a BLIP of the small world whose image encoder and whose text transformer, without what looks at pictures, all begin with
     * @param steps of a pre-training
     * @param tuneSteps of captioner, filter, and both in one
     * @param questionSteps of question answering, with which every arm ends; 0 to ask no questions
     * @param batch pairs of a step
     * @param learningRate peak of the pre-trainings; tunings take half
     * @param web noisy pictures
     * @param clean clean pictures
     * @param cleanShare share of the pre-training's pairs that are clean
     * @param test pictures of the test split
     */
    public record Options(
            String from,
            long steps,
            long tuneSteps,
            long questionSteps,
            int batch,
            double learningRate,
            int web,
            int clean,
            double cleanShare,
            int test) {
        public Options {
            if (test < 8 || questionSteps < 0) {
                throw new MedleyException("bootstrapping experiment: test " + test + " and question steps "
                        + questionSteps + " must be at least 8 and 0");
            }
        }

        private BootstrapSettings settings(long seed) {
            var plain = BootstrapSettings.defaults();
            var training = new BootstrapSettings.Pretraining(steps, batch, learningRate, 16 * batch, 0.995, 0.4);
            var tuning = new BootstrapSettings.Tuning(tuneSteps, batch, learningRate / 2);
            var sizes = plain.model();
            return new BootstrapSettings(
                    new BootstrapSettings.Data("", "", plain.data().cleanFormat(), "", List.of(), cleanShare),
                    new BootstrapSettings.Scenes(
                            web, clean, SHARD, 0, plain.scenes().visionRate()),
                    new BootstrapSettings.Model(
                            from,
                            BootstrapSettings.StartWith.UNIMODAL,
                            "",
                            sizes.imageSize(),
                            sizes.patchSize(),
                            sizes.width(),
                            sizes.heads(),
                            sizes.visionLayers(),
                            sizes.textLayers(),
                            sizes.embedDim()),
                    training,
                    tuning,
                    tuning,
                    plain.capfilt(),
                    training,
                    plain.finetune(),
                    HELD_OUT,
                    1, // parts of a scene would make its captions wrong
                    List.of("visual_encoder.*"),
                    plain.saveSeconds(),
                    0,
                    0,
                    plain.bfloat16(),
                    seed);
        }
    }

    private final ModelRegistry registry;
    private final Options options;
    private final Path folder;
    private final Reporter reporter;

    public BootstrapExperiment(ModelRegistry registry, Options options, Path folder, Reporter reporter) {
        this.registry = registry;
        this.options = options;
        this.folder = folder.toAbsolutePath().normalize();
        this.reporter = reporter;
    }

    /**
     * Runs arms, arm by arm for each seed, and writes the tables of all that is done so far, {@code bootstrapping.md}, and pictures.
     *
     * @return the tables
     */
    public String run(List<Long> seeds, List<Arm> arms) throws IOException, InterruptedException {
        var common = new Stages(folder, reporter);
        var drawn = options.settings(1);
        common.run(
                "world", place -> SmallWorld.draw(drawn.scenes(), drawn.model().imageSize(), place));
        for (long seed : seeds) {
            var place = folder.resolve("seed-" + seed);
            try (var directory = RunDirectory.open(place, Recipe.tree(options).put("seed", seed), reporter)) {
                new OfSeed(seed, directory).run(arms);
            }
        }
        return new BootstrapTables(folder).write();
    }

    /** One circle and its arms. */
    private final class OfSeed {
        private final Path place;
        private final Stages stages;
        private final BootstrapSettings settings;
        private final CleanPairs clean;
        private final CircleSteps steps;

        OfSeed(long seed, RunDirectory directory) throws IOException {
            this.place = directory.folder();
            this.stages = new Stages(place, reporter);
            var given = options.settings(seed);
            this.settings = given.with(
                    SmallWorld.at(folder.resolve("world"), given.data().cleanShare()));
            this.clean = CleanPairs.open(settings.data(), settings.validation());
            this.steps = new CircleSteps(registry, settings, clean, reporter);
        }

        void run(List<Arm> arms) throws IOException, InterruptedException {
            var start = stages.run("start", at -> new StartModel(registry, options.settings(settings.seed()))
                    .write(at, Optional.empty(), settings.seed()));
            for (var arm : arms) {
                var shards = arm == Arm.RAW ? Path.of(settings.data().web()) : shards(arm, start);
                var model = pretrained(arm, start, shards);
                var judged = new ArrayList<>(List.of(model));
                if (options.questionSteps() > 0) {
                    judged.add(stages.run("vqa-" + arm.word(), at -> answering(model, at)));
                }
                stages.run("figures-" + arm.word(), at -> measure(judged, at));
            }
        }

        /** The model of the raw pairs is also the one captioner and filter come from. */
        private Path pretrained(Arm arm, Path start, Path shards) throws IOException, InterruptedException {
            return stages.run(
                    "model-" + arm.word(), at -> steps.pretrain(settings.pretrain(), start, shards.toString(), at));
        }

        private Path shards(Arm arm, Path start) throws IOException, InterruptedException {
            var first = pretrained(Arm.RAW, start, Path.of(settings.data().web()));
            var texts = texts(arm.texts(), first);
            return stages.run("shards-" + arm.word(), at -> select(arm, texts, at));
        }

        private Path texts(Arm.Texts how, Path first) throws IOException, InterruptedException {
            var captioner = how == Arm.Texts.SHARED ? joint(first) : tuned("captioner", Task.CAPTION, first);
            var filter = how == Arm.Texts.SHARED ? captioner : tuned("filter", Task.RETRIEVAL, first);
            var writing = how == Arm.Texts.BEAM ? settings.capfilt().withBeams(3) : settings.capfilt();
            // Everything is kept with its scores; the arms choose from it.
            var texts = stages.run(
                    "texts-" + how.word(),
                    at -> steps.capfilt(
                            writing,
                            new Policy.Paper(0),
                            captioner,
                            filter,
                            settings.data().web(),
                            at));
            stages.run("filter-" + how.word(), at -> write(at, FilterFigures.of(texts, THRESHOLD)));
            return texts;
        }

        private Path tuned(String name, Task task, Path first) throws IOException, InterruptedException {
            return stages.run(name, at -> steps.tune(task, settings.captioner(), first, at));
        }

        private Path joint(Path first) throws IOException, InterruptedException {
            var tuning = settings.captioner();
            return stages.run(
                    "joint",
                    at -> steps.joint(settings.pretrain().withSteps(tuning.steps(), tuning.learningRate()), first, at));
        }

        private void select(Arm arm, Path texts, Path to) throws IOException {
            for (var shard : WebPicture.shards(texts)) {
                try (var out = new ShardWriter(to.resolve(shard.getFileName()))) {
                    for (var sample : WebPicture.each(shard, picture -> chosen(arm, picture))) {
                        if (sample.isPresent()) {
                            var one = sample.get();
                            out.add(one.key(), one.image(), one.texts().stream().findFirst(), one.metadata());
                        }
                    }
                    out.commit();
                }
            }
        }

        private Optional<Sample> chosen(Arm arm, WebPicture picture) {
            var kept = arm.keep(picture, THRESHOLD);
            if (kept.isEmpty()) {
                return Optional.empty();
            }
            var sample = picture.sample();
            var json = JsonMapper.shared().createObjectNode();
            kept.forEach(json.putObject("capfilt").putArray("kept")::add);
            return Optional.of(new Sample(sample.key(), sample.image(), kept.subList(0, 1), json));
        }

        private void answering(Path model, Path at) throws IOException {
            var scenes = Scenes.of(SceneSplit.TRAIN);
            var questions = new ArrayList<Example.Question>();
            for (int i = 0; i < options.clean(); i++) {
                for (var question : scenes.questions(SmallWorld.FIRST_CLEAN + i)) {
                    questions.add(new Example.Question(
                            i + "#" + questions.size(),
                            clean.picture(i),
                            question.text(),
                            List.of(question.answer()),
                            question.type().name().toLowerCase(Locale.ROOT)));
                }
            }
            int few = 8;
            steps.tune(
                    Task.VQA,
                    new BootstrapSettings.Tuning(options.questionSteps(), options.batch(), options.learningRate() / 2),
                    model,
                    questions.subList(few, questions.size()),
                    questions.subList(0, few),
                    at);
        }

        private void measure(List<Path> models, Path at) throws IOException {
            var figures = new LinkedHashMap<String, Double>();
            for (var model : models) {
                try (var loaded = registry.load(model.toString(), LoadOptions.DEFAULT)) {
                    figures.putAll(new ScenesEvaluation(loaded, settings.model().imageSize())
                            .run(SceneSplit.TEST, options.test()));
                }
            }
            write(at, figures);
        }
    }

    private static void write(Path at, Map<String, Double> figures) throws IOException {
        Files.createDirectories(at);
        AtomicFile.write(
                at.resolve(FIGURES),
                JsonMapper.shared().writerWithDefaultPrettyPrinter().writeValueAsString(figures) + "\n");
    }
}
