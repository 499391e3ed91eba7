package io.medley.finetune;

import io.medley.ModelRegistry;
import io.medley.checkpoint.AtomicFile;
import io.medley.evaluate.EvaluateOptions;
import io.medley.evaluate.Evaluation;
import io.medley.evaluate.Evaluator;
import io.medley.evaluate.Example;
import io.medley.model.LoadOptions;
import io.medley.model.blip.task.BlipStart;
import io.medley.nn.Lora;
import io.medley.nn.Weights;
import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import io.medley.train.Learner;
import io.medley.train.Reporter;
import io.medley.train.RunDirectory;
import io.medley.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import tools.jackson.databind.json.JsonMapper;

/**
 * Fits a BLIP to one's own pictures: holds some of them out, measures the model on these, trains it on the rest, writes a directory that
 * {@code Medley.load} opens, and measures again. Interrupted, the same call continues.
 */
public final class Finetune {
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
        var split = HeldOut.of(
                examples, options.choices().heldOut(), options.training().seed());
        return run(from, split.training(), split.validation(), out);
    }

    /** The same with validation examples of one's own. */
    public Result run(String from, List<? extends Example> training, List<? extends Example> validation, Path out)
            throws IOException {
        try (var start = BlipStart.open(
                registry.find(from), new LoadOptions(options.choices().imageSize(), false))) {
            reporter.say(options.choices().task().word() + ": learning from " + training.size() + " examples, "
                    + validation.size() + " of other pictures held out");
            var inputs = new TuningInputs(start, options.choices().minScale());
            var weights = Weights.random(options.training().seed());
            return switch (options.choices().task()) {
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
                    var tuning =
                            new RetrievalTuning(start, inputs, rows, weights, options.resolved(start.config(), texts));
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
            var run = directory.run(resolved.training().run());
            boolean done = run.finished(resolved.training().steps()) && Files.exists(out.resolve(RESULT));
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
        var filled = start.fill(weights, tuning.part());
        reporter.say(started(filled, start));
        if (tuning instanceof RetrievalTuning retrieval) {
            retrieval.started();
        }
        var training = resolved.training();
        int batch = resolved.choices().batch();
        double rows = (double) training.steps() * batch * training.accumulate();
        reporter.say(String.format(
                Locale.ROOT,
                "%d steps of %d rows (%.1f times through %d), learning rate %.1e",
                training.steps(),
                batch * training.accumulate(),
                rows / tuning.rows().size(),
                tuning.rows().size(),
                training.schedule().peak()));
        var adapters = adapters(resolved, weights, filled.fresh());
        var learner = adapters.map(lora -> Learner.of(weights, lora)).orElseGet(() -> Learner.of(weights));
        for (var generator : tuning.generators().entrySet()) {
            learner = learner.with(generator.getKey(), generator.getValue());
        }
        Trainer<I> trainer = training.trainer(learner);
        try (var batches = TuningBatches.of(tuning, inputs, batch, training.seed(), reporter)) {
            directory.run(training.run()).train(trainer, tuning::losses, batches);
        }
        if (training.average() > 0) {
            try (var off = NoGrad.open()) {
                var trained = trainer.learner().parameters();
                trainer.averaged().forEach((name, mean) -> Objects.requireNonNull(trained.get(name))
                        .copy_(mean));
            }
        }
        adapters.ifPresent(Lora::merge);
    }

    /** Adapters instead of the weights, if there are to be any; tensors that begin from chance are trained beside them. */
    private Optional<Lora> adapters(FinetuneOptions resolved, Weights weights, List<String> fresh) {
        var chosen = resolved.choices().lora();
        if (chosen.rank() == 0) {
            return Optional.empty();
        }
        var names = Set.copyOf(fresh);
        var lora = Lora.attach(
                weights,
                new Lora.Options(chosen.rank(), chosen.alpha(), Learner.named(chosen.targets()), names::contains),
                Generator.of(resolved.training().seed() + 2));
        reporter.say(String.format(
                Locale.ROOT,
                "LoRA of rank %d: %.1f %% as many numbers are trained as the model has",
                chosen.rank(),
                100.0 * numbers(lora.parameters()) / numbers(weights.parameters())));
        return Optional.of(lora);
    }

    private static long numbers(Map<String, Tensor> tensors) {
        return tensors.values().stream().mapToLong(Tensor::numel).sum();
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
        try (var loaded = registry.load(model, new LoadOptions(options.choices().imageSize(), false))) {
            var evaluator = new Evaluator(loaded, evaluate);
            if (!evaluator.can(options.choices().task())) {
                reporter.say(when + ": " + model + " cannot do this yet");
                return Optional.empty();
            }
            var evaluation = evaluator.run(options.choices().task(), validation, done -> {});
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
