package io.medley.recipe;

import io.medley.ModelRegistry;
import io.medley.checkpoint.AtomicFile;
import io.medley.evaluate.EvaluateOptions;
import io.medley.evaluate.Evaluation;
import io.medley.evaluate.Evaluator;
import io.medley.evaluate.Example;
import io.medley.evaluate.Task;
import io.medley.finetune.Finetune;
import io.medley.finetune.FinetuneOptions;
import io.medley.metric.CaptionScores;
import io.medley.metric.Recall;
import io.medley.model.LoadOptions;
import io.medley.model.blip.BlipPretrained;
import io.medley.model.blip.task.BlipDirectory.Part;
import io.medley.model.blip.task.BlipStart;
import io.medley.nn.Weights;
import io.medley.scenes.SceneSplit;
import io.medley.tensor.MedleyException;
import io.medley.train.Reporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * What pre-training is worth on the small world: captions, retrieval, questions and pairs of pictures, tuned with one budget from the
 * pre-trained model and from the same model with weights drawn at random, beside answering at random and always giving the most frequent
 * answer; on the test split, and on the compositional split with its unseen pairs of colour and kind.
 */
public final class FinetuneExperiment {
    /** The tasks there are, in the order of the table. */
    public static final List<Task> TASKS = List.of(Task.CAPTION, Task.RETRIEVAL, Task.VQA, Task.NLVR2);

    private static final List<SceneSplit> SPLITS = List.of(SceneSplit.TEST, SceneSplit.COMPOSITIONAL);

    /** Pictures to learn from are far from those of pre-training. */
    private static final long FIRST_INDEX = 3_000_000_000L;

    /**
     * The budget.
     *
     * @param tasks some of {@link #TASKS}
     * @param steps of each tuning
     * @param batch rows of a step
     * @param learningRate peak
     * @param pictures there are to learn from
     * @param test pictures of each split
     * @param seed of everything drawn
     */
    public record Options(
            List<Task> tasks, long steps, int batch, double learningRate, int pictures, int test, long seed) {
        public Options {
            tasks = List.copyOf(tasks);
            if (tasks.isEmpty() || !TASKS.containsAll(tasks)) {
                throw new MedleyException("finetuning experiment: its tasks are "
                        + TASKS.stream().map(Task::word).collect(Collectors.joining(", ")) + "; give some of them");
            }
            if (steps < 1 || batch < 2 || pictures < 4 || test < 4 || !(learningRate > 0)) {
                throw new MedleyException(
                        "finetuning experiment: steps " + steps + ", batch " + batch + ", learning rate "
                                + learningRate + ", pictures " + pictures + " and test " + test
                                + " must be at least 1, 2, above 0, 4 and 4");
            }
        }
    }

    private final ModelRegistry registry;
    private final Options options;
    private final Path folder;
    private final Reporter reporter;

    /** Figures of a task by name of the contender, then split. */
    private final Map<Task, Map<String, Map<SceneSplit, Double>>> figures = new LinkedHashMap<>();

    public FinetuneExperiment(ModelRegistry registry, Options options, Path folder, Reporter reporter) {
        this.registry = registry;
        this.options = options;
        this.folder = folder;
        this.reporter = reporter;
    }

    /**
     * Runs everything and writes {@code finetuning.md}; tunings that are finished in the folder already are only measured.
     *
     * @param from a BLIP that was pre-trained on the small world
     * @return the table
     */
    public String run(String from) throws IOException {
        int size = starts(from);
        var train = new ScenesExamples(SceneSplit.TRAIN, size);
        for (var task : options.tasks()) {
            var training = examples(train, task, FIRST_INDEX, options.pictures());
            var tests = new LinkedHashMap<SceneSplit, List<? extends Example>>();
            SPLITS.forEach(
                    split -> tests.put(split, examples(new ScenesExamples(split, size), task, 0, options.test())));
            baselines(task, training, tests);
            for (var start : List.of("pretrained", "scratch")) {
                tuned(task, start, training, tests);
            }
            AtomicFile.write(folder.resolve("finetuning.md"), table());
        }
        return table();
    }

    /** Writes two directories of the same sizes, one with the pre-trained weights only, one with random ones; returns the image size. */
    private int starts(String from) throws IOException {
        try (var start = BlipStart.open(registry.find(from), LoadOptions.DEFAULT)) {
            for (var name : List.of("pretrained", "scratch")) {
                var weights = Weights.random(options.seed());
                var unused = new BlipPretrained(weights, start.config()); // asks for every weight by name
                if (name.equals("pretrained")) {
                    var fresh = start.fill(weights, Part.PRETRAIN).fresh();
                    if (!fresh.isEmpty()) {
                        throw new MedleyException(from + ": is not pre-trained whole, " + fresh.get(0) + " is missing");
                    }
                }
                start.write(folder.resolve(name), Part.PRETRAIN, weights.parameters(), List.of());
            }
            return start.config().vision().imageSize();
        }
    }

    private static List<? extends Example> examples(ScenesExamples scenes, Task task, long first, int count) {
        return switch (task) {
            case CAPTION, RETRIEVAL -> scenes.captioned(first, count);
            case VQA -> scenes.questions(first, count);
            case NLVR2 -> scenes.pairs(first, count);
            case CLASSIFY -> throw new IllegalArgumentException("not part of the experiment");
        };
    }

    private void put(Task task, String contender, SceneSplit split, double value) {
        figures.computeIfAbsent(task, t -> new LinkedHashMap<>())
                .computeIfAbsent(contender, c -> new HashMap<>())
                .put(split, value);
    }

    private void tuned(
            Task task, String start, List<? extends Example> training, Map<SceneSplit, List<? extends Example>> tests)
            throws IOException {
        var tuning = FinetuneOptions.of(task)
                .with(Map.of(
                        "steps", Long.toString(options.steps()),
                        "batch", Integer.toString(options.batch()),
                        "schedule.peak", Double.toString(options.learningRate()),
                        "seed", Long.toString(options.seed())));
        var out = folder.resolve(task.word() + "-" + start);
        // What counts is measured below; these few examples only show that it works.
        var few = tests.values().iterator().next().subList(0, 4);
        new Finetune(registry, tuning, evaluation(), reporter)
                .run(folder.resolve(start).toString(), training, few, out);
        try (var model = registry.load(out.toString(), LoadOptions.DEFAULT)) {
            for (var split : SPLITS) {
                Evaluation found =
                        new Evaluator(model, evaluation()).run(task, tests.getOrDefault(split, List.of()), n -> {});
                put(task, start, split, found.figure());
                reporter.say(String.format(
                        Locale.ROOT,
                        "%s %s %s: %s %.4f",
                        task.word(),
                        start,
                        split.word(),
                        found.figureName(),
                        found.figure()));
            }
        }
    }

    private static EvaluateOptions evaluation() {
        return EvaluateOptions.blip().withBatch(32).rankingAnswers();
    }

    private void baselines(
            Task task, List<? extends Example> training, Map<SceneSplit, List<? extends Example>> tests) {
        tests.forEach((split, examples) -> {
            var random = new Random(options.seed());
            switch (task) {
                case CAPTION -> {
                    var known = texts(training, e -> ((Example.Captioned) e).texts());
                    put(task, "random", split, cider(examples, i -> known.get(random.nextInt(known.size()))));
                    var frequent = mostFrequent(known);
                    put(task, "most frequent", split, cider(examples, i -> frequent));
                }
                case RETRIEVAL -> put(task, "random", split, randomRecall(examples, random));
                case VQA -> {
                    var known = texts(training, e -> ((Example.Question) e).answers());
                    var different = known.stream().distinct().toList();
                    var frequent = mostFrequent(known);
                    put(task, "random", split, hits(examples, e -> different.get(random.nextInt(different.size()))));
                    put(task, "most frequent", split, hits(examples, e -> frequent));
                }
                case NLVR2 -> {
                    put(task, "random", split, judged(examples, e -> random.nextBoolean()));
                    var truths = texts(training, e -> List.of(String.valueOf(((Example.Pair) e).truth())));
                    var frequent = Boolean.parseBoolean(mostFrequent(truths));
                    put(task, "most frequent", split, judged(examples, e -> frequent));
                }
                case CLASSIFY -> throw new IllegalArgumentException("not part of the experiment");
            }
        });
    }

    private static List<String> texts(List<? extends Example> examples, Function<Example, List<String>> texts) {
        var all = new ArrayList<String>();
        examples.forEach(example -> all.addAll(texts.apply(example)));
        return all;
    }

    private static String mostFrequent(List<String> texts) {
        var counts = new LinkedHashMap<String, Integer>();
        texts.forEach(text -> counts.merge(text, 1, Integer::sum));
        return counts.entrySet().stream()
                .max(Map.Entry.comparingByValue())
                .orElseThrow()
                .getKey();
    }

    private static double cider(List<? extends Example> examples, Function<Integer, String> says) {
        var references =
                examples.stream().map(e -> ((Example.Captioned) e).texts()).toList();
        var captions = IntStream.range(0, examples.size()).mapToObj(says::apply).toList();
        return CaptionScores.of(references, captions).corpus().getOrDefault("CIDEr", Double.NaN);
    }

    private static double hits(List<? extends Example> examples, Function<Example, String> says) {
        return examples.stream()
                .mapToDouble(e -> ((Example.Question) e).answers().contains(says.apply(e)) ? 1 : 0)
                .average()
                .orElseThrow();
    }

    private static double judged(List<? extends Example> examples, Function<Example, Boolean> says) {
        return examples.stream()
                .mapToDouble(e -> ((Example.Pair) e).truth() == says.apply(e) ? 1 : 0)
                .average()
                .orElseThrow();
    }

    /** r_mean of scores drawn at random. */
    private static double randomRecall(List<? extends Example> examples, Random random) {
        var textsOf = new ArrayList<int[]>();
        var pictureOf = new ArrayList<int[]>();
        for (int i = 0; i < examples.size(); i++) {
            int from = pictureOf.size();
            int count = ((Example.Captioned) examples.get(i)).texts().size();
            for (int t = 0; t < count; t++) {
                pictureOf.add(new int[] {i});
            }
            textsOf.add(IntStream.range(from, from + count).toArray());
        }
        var found = Recall.of(noise(textsOf.size(), pictureOf.size(), random), textsOf);
        var shown = Recall.of(noise(pictureOf.size(), textsOf.size(), random), pictureOf);
        return (found.mean() + shown.mean()) / 2;
    }

    private static float[][] noise(int rows, int columns, Random random) {
        var noise = new float[rows][columns];
        for (var row : noise) {
            for (int c = 0; c < columns; c++) {
                row[c] = random.nextFloat();
            }
        }
        return noise;
    }

    private String table() {
        var names = Map.of(
                Task.CAPTION, "captions, CIDEr",
                Task.RETRIEVAL, "retrieval, mean recall (%)",
                Task.VQA, "questions, accuracy (ranked)",
                Task.NLVR2, "two pictures, accuracy");
        var table = new StringBuilder("| task | split | random | most frequent | no pre-training | pre-trained |\n"
                + "|---|---|---|---|---|---|\n");
        figures.forEach((task, contenders) -> {
            for (var split : SPLITS) {
                table.append("| ").append(names.get(task)).append(" | ").append(split.word());
                for (var contender : List.of("random", "most frequent", "scratch", "pretrained")) {
                    var value = contenders.getOrDefault(contender, Map.of()).get(split);
                    table.append(" | ").append(value == null ? "–" : String.format(Locale.ROOT, "%.3f", value));
                }
                table.append(" |\n");
            }
        });
        return table.toString();
    }
}
