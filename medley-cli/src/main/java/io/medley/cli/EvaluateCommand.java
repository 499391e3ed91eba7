package io.medley.cli;

import io.medley.Medley;
import io.medley.evaluate.EvaluateOptions;
import io.medley.evaluate.Evaluation;
import io.medley.evaluate.Evaluator;
import io.medley.evaluate.Example;
import io.medley.evaluate.ExampleFiles;
import io.medley.evaluate.Task;
import io.medley.metric.MetricJars;
import io.medley.model.LoadOptions;
import io.medley.recipe.ScenesReport;
import io.medley.task.AnswerOptions;
import io.medley.task.CaptionOptions;
import io.medley.task.Decoding;
import io.medley.task.RetrievalOptions;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/** {@code medley evaluate}. */
@Command(
        name = "evaluate",
        description = {
            "Hold a model against pictures whose texts, answers or categories are known.",
            "",
            "Prints a table of figures, and writes evaluation.json, samples.jsonl and index.html, a page of the best and",
            "worst samples with their pictures.",
            "",
            "MODEL is a name, a directory or a checkpoint file; the directory of a run, which without --data is measured as",
            "its recipe says, on scenes it has not seen; or a YAML file of kind 'evaluation', which holds a model and flags."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley evaluate scenes --data photos --task caption",
            "  medley evaluate scenes --data dataset_test.json --task retrieval --rerank 128 --out runs/retrieval",
            "  medley evaluate runs/tuned --data questions.jsonl --task vqa --rank --json",
            "  medley evaluate runs/tiny --limit 200",
            "  medley evaluate my-evaluation.yaml --limit 100"
        })
final class EvaluateCommand implements Callable<Integer> {
    /** Scenes of each split for a run that is measured as its recipe says. */
    private static final int SCENES = 1000;

    private final Session session;

    @Parameters(
            index = "0",
            paramLabel = "MODEL",
            arity = "0..1",
            description = "Name, directory, checkpoint file, run, or recipe of an evaluation. Default: scenes.")
    private String model = Medley.DEFAULT_MODEL;

    @Option(
            names = "--data",
            paramLabel = "DATA",
            description = "A folder of pictures with texts, an annotation file, or shards; see docs/evaluation.md.")
    private String data = "";

    @Option(
            names = "--task",
            paramLabel = "TASK",
            description = "caption, retrieval, vqa, nlvr2 or classify. Default: what the run was tuned for.")
    private String task = "";

    @Option(names = "--split", paramLabel = "NAME", description = "Only entries of this split. Default: all.")
    private String split = "";

    @Option(names = "--limit", paramLabel = "N", description = "Only the first N examples.")
    private int limit = Integer.MAX_VALUE;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Where the files go; made if missing. Default: ${DEFAULT-VALUE}.",
            defaultValue = "evaluation")
    private Path out = Path.of("evaluation");

    @Option(names = "--batch", paramLabel = "N", description = "Examples given to the model at once. Default: 8.")
    private int batch = 8;

    @Option(
            names = "--beams",
            paramLabel = "N",
            description = "Beams for captions and answers; 1 is greedy. Default: 3.")
    private int beams = 3;

    @Option(names = "--rank", description = "vqa: rank all answers of the data instead of writing one.")
    private boolean rank;

    @Option(names = "--candidates", paramLabel = "A,B,C", description = "vqa: rank these answers.")
    private String candidates = "";

    @Option(
            names = "--rerank",
            paramLabel = "K",
            description = "retrieval: how many of the best by cosine are scored by the head that sees both; 0 for none."
                    + " Default: 128.")
    private int rerank = 128;

    @Option(
            names = "--logit-only",
            description = "retrieval: a scored pair is worth its match logit (ALBEF), not logit plus cosine (BLIP).")
    private boolean logitOnly;

    @Option(
            names = "--jars",
            paramLabel = "DIR",
            description = "caption: directory with meteor-1.5.jar or spice-1.0.jar; may be given several times.")
    private List<Path> jars = new ArrayList<>();

    @Option(
            names = "--image-size",
            paramLabel = "PIXELS",
            description = "Let the model see images of this size instead of the checkpoint's own.")
    private int imageSize;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private JsonOption json = new JsonOption();

    @Mixin
    private HelpOption help = new HelpOption();

    EvaluateCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        if (EvaluationRecipe.isOne(model)) {
            return followRecipe();
        }
        if (limit < 1) {
            throw new MedleyException("--limit is " + limit + "; give 1 or more");
        }
        if (data.isEmpty()) {
            return asItsRecipeSays();
        }
        var kind = Task.of(task.isEmpty() ? Runs.task(Path.of(model)) : task);
        var options = options();
        var files = ExampleFiles.open(data, split);
        files.notes().forEach(session.console()::say);
        List<? extends Example> examples = Evaluator.examples(kind, files);
        OutputFile.check(out.resolve("evaluation.json"));
        var chosen = examples.subList(0, Math.min(limit, examples.size()));
        Evaluation evaluation;
        try (var loaded = session.registry().load(model, new LoadOptions(imageSize, false));
                var progress = Progress.of(session.console(), "evaluate", chosen.size(), "examples", 1)) {
            int[] done = {0};
            evaluation = new Evaluator(loaded, options).run(kind, chosen, now -> {
                progress.step(now - done[0]);
                done[0] = now;
            });
        }
        if (json.json) {
            session.console().print(EvaluationFiles.json(evaluation, model, data));
        } else {
            EvaluationFiles.print(session.console(), evaluation);
        }
        EvaluationFiles.write(out, evaluation, model, data);
        evaluation.notes().forEach(session.console()::say);
        session.console().say("samples with pictures: " + out.resolve("index.html"));
        return Status.OK;
    }

    /** What the file says, then what was given beside it, which counts more. */
    private int followRecipe() throws IOException {
        var arguments = new ArrayList<String>(List.of(spec.name()));
        arguments.addAll(EvaluationRecipe.arguments(Path.of(model), spec));
        var given = new ArrayList<>(spec.root().commandLine().getParseResult().originalArgs());
        given.remove(spec.name());
        given.remove(model);
        arguments.addAll(given);
        return Commands.line(session).setOverwrittenOptionsAllowed(true).execute(arguments.toArray(new String[0]));
    }

    private int asItsRecipeSays() throws IOException {
        int side = Runs.sceneSize(model);
        if (!task.isEmpty()) {
            throw new MedleyException("--task " + task + ": give --data too; without, a run is measured on scenes at"
                    + " everything it can do");
        }
        Files.createDirectories(out);
        int count = Math.max(2, Math.min(limit, SCENES));
        try (var loaded = session.registry().load(model, new LoadOptions(imageSize, false))) {
            ScenesReport.write(loaded, side, count, out, line -> {
                if (!line.startsWith("|")) {
                    session.console().say(line);
                }
            });
        }
        if (json.json) {
            session.console().print(JsonMapper.shared().readTree(Files.readString(out.resolve("evaluation.json"))));
        } else {
            Files.readAllLines(out.resolve(ScenesReport.FILE)).forEach(session.console()::print);
        }
        return Status.OK;
    }

    private EvaluateOptions options() {
        if (batch < 1 || batch > 4096) {
            throw new MedleyException("--batch is " + batch + "; give a number from 1 to 4096");
        }
        if (rank && !candidates.isEmpty()) {
            throw new MedleyException("--rank and --candidates exclude each other; give one of them");
        }
        var captions =
                CaptionOptions.beam(3).withDecoding(beams == 1 ? new Decoding.Greedy() : new Decoding.Beam(beams));
        var answers = candidates.isEmpty()
                ? AnswerOptions.generate().withBeams(beams)
                : AnswerOptions.rank(Texts.list(candidates, "--candidates")).withTop(1);
        var formula = logitOnly ? RetrievalOptions.Formula.LOGIT : RetrievalOptions.Formula.LOGIT_PLUS_COSINE;
        return new EvaluateOptions(
                batch, captions, answers, rank, new RetrievalOptions(rerank, formula), MetricJars.in(jars));
    }
}
