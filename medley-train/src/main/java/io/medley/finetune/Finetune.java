package io.medley.finetune;

import io.medley.ModelRegistry;
import io.medley.checkpoint.AtomicFile;
import io.medley.evaluate.EvaluateOptions;
import io.medley.evaluate.Evaluation;
import io.medley.evaluate.Evaluator;
import io.medley.evaluate.Example;
import io.medley.model.LoadOptions;
import io.medley.model.blip.task.BlipStart;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.train.Reporter;
import io.medley.train.RunDirectory;
import io.medley.train.RunOptions;
import io.medley.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fits a BLIP to one's own pictures: holds some of them out, measures the model on these, trains it on the rest, writes a directory that
 * {@code Medley.load} opens, and measures again. Interrupted, the same call continues.
 */
public final class Finetune {
    private static final double WARM_UP = 0.1;
    private static final double CLIP_NORM = 1;
    private static final String RESULT = "evaluation.json";

    private final ModelRegistry registry;
    private final FinetuneOptions options;
    private final EvaluateOptions evaluate;
    private final Reporter reporter;

    /** @param evaluate how the model is measured before and after */
    public Finetune(ModelRegistry registry, FinetuneOptions options, EvaluateOptions evaluate, Reporter reporter) {
        this.registry = registry;
        this.options = options;
        this.evaluate = evaluate;
        this.reporter = reporter;
    }

    /**
     * What came of it.
     *
     * @param before the model it started from, if that can do the task at all
     * @param after the tuned model
     */
    public record Result(Optional<Evaluation> before, Evaluation after) {}

    /**
     * Tunes on a part of the examples and validates on the rest.
     *
     * @param from name or directory of the model to start from
     * @param examples of the kind that {@link Evaluator#examples} gives for the task
     * @param out a new or empty directory, or that of an interrupted run
     */
    public Result run(String from, List<? extends Example> examples, Path out) throws IOException {
        var split = HeldOut.of(examples, options.heldOut(), options.seed());
        return run(from, split.training(), split.validation(), out);
    }

    /** The same with validation examples of one's own. */
    public Result run(String from, List<? extends Example> training, List<? extends Example> validation, Path out)
            throws IOException {
        try (var start = BlipStart.open(registry.find(from), new LoadOptions(options.imageSize(), false))) {
            reporter.say(options.task().word() + ": learning from " + training.size() + " examples, "
                    + validation.size() + " of other pictures held out");
            var inputs = new TuningInputs(start, options.minScale());
            var weights = Weights.random(options.seed());
            return switch (options.task()) {
                case CAPTION ->
                    tune(
                            start,
                            inputs,
                            weights,
                            new CaptionTuning(start, inputs, only(Example.Captioned.class, training), weights),
                            validation,
                            out);
                case RETRIEVAL -> {
                    var rows = only(Example.Captioned.class, training);
                    int texts = rows.stream().mapToInt(e -> e.texts().size()).sum();
                    var tuning = new RetrievalTuning(
                            start,
                            inputs,
                            rows,
                            weights,
                            options.resolved(start.config(), texts).batch(),
                            options.negativesOfAllProcesses(),
                            options.seed() + 1);
                    yield tune(start, inputs, weights, tuning, validation, out);
                }
                case VQA ->
                    tune(
                            start,
                            inputs,
                            weights,
                            new AnswerTuning(start, inputs, only(Example.Question.class, training), weights),
                            validation,
                            out);
                case NLVR2 ->
                    tune(
                            start,
                            inputs,
                            weights,
                            new PairTuning(start, inputs, only(Example.Pair.class, training), weights),
                            validation,
                            out);
                case CLASSIFY ->
                    tune(
                            start,
                            inputs,
                            weights,
                            new CategoryTuning(start, inputs, only(Example.Labelled.class, training), weights),
                            validation,
                            out);
            };
        }
    }

    private static <E extends Example> List<E> only(Class<E> kind, List<? extends Example> examples) {
        return examples.stream().map(kind::cast).toList();
    }

    private <T, I> Result tune(
            BlipStart start,
            TuningInputs inputs,
            Weights weights,
            Tuning<T, I> tuning,
            List<? extends Example> validation,
            Path out)
            throws IOException {
        var resolved = options.resolved(start.config(), tuning.rows().size());
        var recipe = resolved.json().put("from", start.name());
        try (var directory = RunDirectory.open(out, recipe, reporter)) {
            var run = directory.run(RunOptions.withSeed(resolved.seed()));
            boolean done = run.finished(resolved.steps()) && Files.exists(out.resolve(RESULT));
            var before = done ? Optional.<Evaluation>empty() : measure(start.name(), "before", validation);
            if (done) {
                reporter.say(out + ": is finished already; measured once more");
            } else {
                train(start, inputs, weights, tuning, resolved, directory);
                start.write(out, tuning.part(), tuning.weights(), tuning.labels());
            }
            var after = measure(out.toString(), "after", validation).orElseThrow();
            if (!done) {
                record(out, before, after);
            }
            return new Result(before, after);
        }
    }

    private <T, I> void train(
            BlipStart start,
            TuningInputs inputs,
            Weights weights,
            Tuning<T, I> tuning,
            FinetuneOptions resolved,
            RunDirectory directory)
            throws IOException {
        reporter.say(started(start.fill(weights, tuning.part()), start));
        if (tuning instanceof RetrievalTuning retrieval) {
            retrieval.started();
        }
        double epochs =
                resolved.steps() * (double) resolved.batch() / tuning.rows().size();
        reporter.say(String.format(
                Locale.ROOT,
                "%d steps of %d rows (%.1f times through %d), learning rate %.1e, %s",
                resolved.steps(),
                resolved.batch(),
                epochs,
                tuning.rows().size(),
                resolved.learningRate(),
                resolved.bfloat16() ? "bfloat16" : "float32"));
        var learner = resolved.freeze().isEmpty()
                ? tuning.learner()
                : tuning.learner().freeze(resolved.freeze());
        long warmUp = Math.max(1, Math.round(WARM_UP * resolved.steps()));
        var schedule =
                Schedule.cosine(resolved.learningRate(), resolved.learningRate() / 100, warmUp, resolved.steps());
        var trainer = new Trainer<I>(
                learner,
                new Trainer.Options(
                                resolved.steps(), schedule, AdamW.Options.withDecay(resolved.weightDecay()), CLIP_NORM)
                        .withBfloat16(resolved.bfloat16()));
        try (var batches = TuningBatches.of(tuning, inputs, resolved.batch(), resolved.seed(), reporter)) {
            directory.run(RunOptions.withSeed(resolved.seed())).train(trainer, tuning::losses, batches);
        }
    }

    private static String started(BlipStart.Filled filled, BlipStart start) {
        var line = "starts from " + start.name() + ": " + filled.copied() + " tensors taken over";
        if (filled.fresh().isEmpty()) {
            return line;
        }
        var groups = filled.fresh().stream()
                .map(name -> name.replaceFirst("\\.\\d+\\..*|\\.[a-zA-Z_]+$", ""))
                .collect(Collectors.toCollection(TreeSet::new));
        return line + ", " + filled.fresh().size() + " begin from chance (" + String.join(", ", groups) + ")";
    }

    private Optional<Evaluation> measure(String model, String when, List<? extends Example> validation) {
        try (var loaded = registry.load(model, new LoadOptions(options.imageSize(), false))) {
            var evaluator = new Evaluator(loaded, evaluate);
            if (!evaluator.can(options.task())) {
                reporter.say(when + ": " + model + " cannot do this yet");
                return Optional.empty();
            }
            var evaluation = evaluator.run(options.task(), validation, done -> {});
            reporter.say(String.format(
                    Locale.ROOT,
                    "%s: %s %.4f on %d held-out examples",
                    when,
                    evaluation.figureName(),
                    evaluation.figure(),
                    evaluation.items().size()));
            evaluation.notes().stream()
                    .filter(note -> note.contains("left out"))
                    .forEach(reporter::say);
            return Optional.of(evaluation);
        }
    }

    private static void record(Path out, Optional<Evaluation> before, Evaluation after) throws IOException {
        var json = JsonMapper.shared().createObjectNode();
        json.put("task", after.task()).put("examples", after.items().size());
        before.ifPresent(e -> json.set("before", JsonMapper.shared().valueToTree(e.figures())));
        json.set("after", JsonMapper.shared().valueToTree(after.figures()));
        AtomicFile.write(out.resolve(RESULT), json.toPrettyString() + "\n");
    }
}
