package io.medley.recipe;

import io.medley.ModelRegistry;
import io.medley.checkpoint.AtomicFile;
import io.medley.model.LoadOptions;
import io.medley.model.blip.BlipConfig;
import io.medley.model.blip.BlipPretrained;
import io.medley.model.med.Sharing;
import io.medley.nn.Weights;
import io.medley.scenes.SceneSplit;
import io.medley.scenes.SceneVocabulary;
import io.medley.tensor.DType;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.train.Recipe;
import io.medley.train.Reporter;
import io.medley.train.RunDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import tools.jackson.databind.json.JsonMapper;

/**
 * BLIP's ablations on the small world: what text encoder and decoder share, momentum distillation when labels are noisy, and hard against
 * random negatives. Every arm is a run of the {@code blip-scenes} recipe with one setting changed, of the same length, from the same start of
 * the image encoder (as all of BLIP's start from one of ImageNet), with several seeds; measured on the test split.
 */
public final class AblationExperiment {
    private static final String FIGURES = "figures.json";
    private static final String VISION = "vision.safetensors";
    private static final String BLIPS = Sharing.ALL_BUT_SELF_ATTENTION.word();

    /** Columns of the tables: name of the figure, what the column is called. */
    private static final Map<String, String> COLUMNS = columns();

    /** What can be compared. */
    public enum Question {
        /** What text encoder and decoder share. */
        SHARING,
        /** Hard against random negatives of the matching loss. */
        NEGATIVES,
        /** Momentum distillation when labels are noisy. */
        DISTILLATION
    }

    /**
     * What is asked, and the budget.
     *
     * @param questions to answer, at least one
     * @param startSteps of the image encoder's start
     * @param steps of each arm
     * @param seeds 1, 2, … so many
     * @param test pictures to measure on
     * @param settings of the recipe that all arms have, by dotted name
     */
    public record Options(
            Set<Question> questions, int startSteps, long steps, int seeds, int test, Map<String, String> settings) {
        public Options {
            questions = Set.copyOf(questions);
            if (questions.isEmpty()) {
                throw new MedleyException("ablations: nothing is asked; name a question or more");
            }
            if (startSteps < 1 || steps < 1 || seeds < 1 || test < 10) {
                throw new MedleyException("ablations: start steps " + startSteps + ", steps " + steps + ", seeds "
                        + seeds + " and test " + test + " must be at least 1, 1, 1 and 10");
            }
            settings = Map.copyOf(settings);
        }
    }

    /** One setting of the recipe changed. */
    private record Arm(String name, Map<String, String> changes) {}

    /** Arms to be compared with each other, by what a reader knows them as. */
    private record Comparison(Question question, String title, Map<String, Arm> rows) {}

    private final ModelRegistry registry;
    private final Options options;
    private final Path folder;
    private final Reporter reporter;

    public AblationExperiment(ModelRegistry registry, Options options, Path folder, Reporter reporter) {
        this.registry = registry;
        this.options = options;
        this.folder = folder;
        this.reporter = reporter;
    }

    private static Map<String, String> columns() {
        var columns = new LinkedHashMap<String, String>();
        columns.put("text retrieval R@1", "text R@1");
        columns.put("image retrieval R@1", "image R@1");
        columns.put("ITM AUC", "ITM AUC");
        columns.put("caption CIDEr", "CIDEr");
        columns.put("caption kind+colour F1", "kind+colour F1");
        columns.put("caption truthful", "truthful");
        return columns;
    }

    private List<Comparison> comparisons() {
        var sharing = new LinkedHashMap<String, Arm>();
        for (var choice : Sharing.values()) {
            sharing.put(
                    choice.word().replace('_', ' '),
                    new Arm("sharing-" + choice.word(), Map.of("sharing", choice.word())));
        }
        var blip = new Arm("sharing-" + BLIPS, Map.of("sharing", BLIPS));
        var negatives = new LinkedHashMap<String, Arm>();
        negatives.put("hard", blip);
        negatives.put("random", new Arm("negatives-random", Map.of("negatives", "random")));
        var distillation = new LinkedHashMap<String, Arm>();
        distillation.put("with (0.4)", new Arm("web-distilled", Map.of("split", "web")));
        distillation.put("without", new Arm("web-plain", Map.of("split", "web", "alpha", "0")));
        return Stream.of(
                        new Comparison(Question.SHARING, "What text encoder and decoder share", sharing),
                        new Comparison(Question.NEGATIVES, "Negatives of the matching loss", negatives),
                        new Comparison(
                                Question.DISTILLATION,
                                "Momentum distillation, labels of which six in ten are bad",
                                distillation))
                .filter(comparison -> options.questions().contains(comparison.question()))
                .toList();
    }

    /**
     * Runs everything, one seed of all arms after the other, and writes {@code ablations.md} after every run; what is finished in the folder
     * already is taken from there.
     *
     * @return the tables
     * @throws MedleyException when the folder holds an experiment with another budget
     */
    public String run() throws IOException {
        // Figures of another budget must not stand in the same table.
        var budget = Recipe.tree(options);
        budget.remove(List.of("questions", "seeds"));
        try (var directory = RunDirectory.open(folder, budget, reporter)) {
            return runAll();
        }
    }

    private String runAll() throws IOException {
        var vision = start();
        var arms = new LinkedHashMap<String, Arm>();
        comparisons().forEach(c -> c.rows().values().forEach(arm -> arms.put(arm.name(), arm)));
        for (int seed = 1; seed <= options.seeds(); seed++) {
            for (var arm : arms.values()) {
                train(arm, seed, vision);
                AtomicFile.write(folder.resolve("ablations.md"), tables());
            }
        }
        return tables();
    }

    /** Starts the image encoder once for all. */
    private Path start() throws IOException {
        var home = folder.resolve("start");
        var file = home.resolve(VISION);
        if (!Files.exists(file)) {
            var recipe = recipe(options.settings());
            var stage = stage(recipe);
            try (var directory = RunDirectory.open(home, Recipe.tree(stage), reporter)) {
                Engine.setThreads(stage.threads());
                WeightFile.save(file, new ScenesVision(stage).run(directory), DType.FLOAT32);
            }
        }
        return file;
    }

    /** The first stage of {@code scenes} for a model of the recipe's sizes. */
    private ScenesOptions stage(Recipe recipe) {
        var settings = recipe.as(BlipScenesSettings.class);
        var training = recipe.training();
        var model = settings.model();
        var usual = ScenesOptions.defaults();
        return usual.withPictures(model.imageSize(), model.patchSize())
                .withTransformers(model.width(), model.heads(), model.visionLayers(), model.textLayers())
                .withEmbedDim(model.embedDim())
                .withSteps(options.startSteps(), usual.pretrainSteps(), usual.vqaSteps())
                .withThreads(training.threads() > 0 ? training.threads() : usual.threads());
    }

    private static Recipe recipe(Map<String, String> changes) throws IOException {
        return Recipes.load("scenes-tiny", changes);
    }

    private Path home(Arm arm, int seed) {
        return folder.resolve(arm.name() + "-seed" + seed);
    }

    private void train(Arm arm, int seed, Path vision) throws IOException {
        var home = home(arm, seed);
        if (Files.exists(home.resolve(FIGURES))) {
            return;
        }
        var changes = new TreeMap<>(options.settings());
        changes.putAll(arm.changes());
        changes.put("steps", Long.toString(options.steps()));
        changes.put("seed", Integer.toString(seed));
        changes.put("imageEncoder", JsonMapper.shared().writeValueAsString(vision.toString()));
        var recipe = recipe(changes);
        reporter.say(home + ": " + arm.changes() + ", seed " + seed);
        try (var directory = RunDirectory.open(home, recipe.settings(), reporter)) {
            recipe.kind().run(recipe, directory);
        }
        var settings = recipe.as(BlipScenesSettings.class);
        var figures = JsonMapper.shared().createObjectNode();
        figures.put(
                "parameters",
                parameters(settings.config(SceneVocabulary.tokens().size())));
        try (var model = registry.load(home.toString(), LoadOptions.DEFAULT)) {
            var found = new ScenesEvaluation(model, settings.model().imageSize()).run(SceneSplit.TEST, options.test());
            COLUMNS.keySet().forEach(name -> figures.put(name, found.getOrDefault(name, Double.NaN)));
        }
        reporter.say(home + ": " + figures);
        AtomicFile.write(home.resolve(FIGURES), figures.toPrettyString() + "\n");
    }

    /** Trained numbers of a model, without momentum copies and queues. */
    private static long parameters(BlipConfig config) {
        try (var scope = Scope.open()) {
            var weights = Weights.shapes();
            var unused = new BlipPretrained(weights, config); // asks for every weight by name
            return weights.expected().values().stream()
                    .mapToLong(shape -> LongStream.of(shape).reduce(1, (a, b) -> a * b))
                    .sum();
        }
    }

    private String tables() throws IOException {
        var text = new StringBuilder();
        for (var comparison : comparisons()) {
            text.append("| ").append(comparison.title()).append(" | seeds | parameters");
            COLUMNS.values().forEach(column -> text.append(" | ").append(column));
            text.append(" |\n|---|---|---")
                    .append("|---".repeat(COLUMNS.size()))
                    .append("|\n");
            for (var row : comparison.rows().entrySet()) {
                row(row.getKey(), row.getValue(), text);
            }
            text.append('\n');
        }
        return text.toString();
    }

    private void row(String label, Arm arm, StringBuilder text) throws IOException {
        var runs = new ArrayList<Map<String, Double>>();
        for (int seed = 1; seed <= options.seeds(); seed++) {
            var file = home(arm, seed).resolve(FIGURES);
            if (Files.exists(file)) {
                var run = new LinkedHashMap<String, Double>();
                JsonMapper.shared()
                        .readTree(Files.readString(file))
                        .properties()
                        .forEach(figure ->
                                run.put(figure.getKey(), figure.getValue().asDouble()));
                runs.add(run);
            }
        }
        if (runs.isEmpty()) {
            return;
        }
        text.append("| ").append(label).append(" | ").append(runs.size()).append(" | ");
        text.append(String.format(Locale.ROOT, "%,.0f", runs.get(0).getOrDefault("parameters", Double.NaN)));
        for (var name : COLUMNS.keySet()) {
            text.append(" | ")
                    .append(Spread.of(runs.stream()
                                    .map(run -> run.getOrDefault(name, Double.NaN))
                                    .toList())
                            .text());
        }
        text.append(" |\n");
    }
}
