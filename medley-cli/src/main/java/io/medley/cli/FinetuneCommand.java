package io.medley.cli;

import io.medley.Medley;
import io.medley.evaluate.EvaluateOptions;
import io.medley.evaluate.Evaluation;
import io.medley.evaluate.Evaluator;
import io.medley.evaluate.Example;
import io.medley.evaluate.ExampleFiles;
import io.medley.evaluate.Task;
import io.medley.finetune.Finetune;
import io.medley.finetune.FinetuneOptions;
import io.medley.tensor.Engine;
import io.medley.train.Reporter;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;

/** {@code medley finetune}. */
@Command(
        name = "finetune",
        description = {
            "Fit a model to your own pictures.",
            "",
            "DATA is a folder of pictures with a text file beside each (x.jpg, x.txt), an annotation file, or shards; see",
            "docs/evaluation.md. Some pictures are held out to measure the model before and after. The result is a model",
            "directory. Interrupted, the same command continues."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley finetune photos --task caption --out tuned",
            "  medley finetune pets --task classify --from Salesforce/blip-image-captioning-base --out pets-model",
            "  medley finetune photos --task retrieval --steps 500 --lr 1e-5 --out tuned",
            "  medley finetune photos --lora 8 --set average=0.999 --set accumulate=2 --out tuned"
        })
final class FinetuneCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "DATA", description = "Pictures and what belongs to them.")
    private String data = "";

    @Option(
            names = "--task",
            paramLabel = "TASK",
            description = "caption, retrieval, vqa, nlvr2 or classify. Default: caption.")
    private String task = "caption";

    @Option(
            names = "--from",
            paramLabel = "MODEL",
            description = "The model to start from: name, directory or checkpoint file. Default: scenes.")
    private String from = Medley.DEFAULT_MODEL;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "A new or empty directory for the model, or that of an interrupted run.")
    private Path out = Path.of("");

    @Option(
            names = "--split",
            paramLabel = "NAME",
            description = "Learn from entries of this split only. Default: all.")
    private String split = "";

    @Option(
            names = "--validation",
            paramLabel = "DATA",
            description = "Measure on these instead of holding pictures out.")
    private @Nullable String validation;

    @Option(
            names = "--hold-out",
            paramLabel = "SHARE",
            description = "Share of the pictures that are held out. Default: 0.1, at most 500 pictures.")
    private double heldOut = 0.1;

    @Option(names = "--steps", paramLabel = "N", description = "Steps. Default: some ten times through the data.")
    private long steps;

    @Option(
            names = "--batch",
            paramLabel = "N",
            description = "Examples per step. Default: 32, or what fits into about 3 GB.")
    private int batch;

    @Option(
            names = "--lr",
            paramLabel = "RATE",
            description = "Peak of the learning rate. Default: 1e-5 for a model 768 wide, more for narrower ones.")
    private double rate;

    @Option(
            names = "--freeze",
            paramLabel = "PATTERN",
            description =
                    "Do not train weights of these names, such as 'visual_encoder.*'; may be given several times.")
    private List<String> freeze = new ArrayList<>();

    @Option(
            names = "--lora",
            paramLabel = "RANK",
            description = "Train adapters of this rank beside the weights instead of the weights; 8 is usual.")
    private int lora;

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = {
                "Change any other setting of the training, such as optimizer.layerDecay=0.9, accumulate=2, average=0.999,",
                "recompute=true or chunk=8; see docs/evaluation.md. May be repeated."
            })
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--min-scale",
            paramLabel = "SHARE",
            description = "Show random parts of pictures, at least this share of"
                    + " their area; 1 for always the whole. Default: 0.8.")
    private double minScale = 0.8;

    @Option(
            names = "--image-size",
            paramLabel = "PIXELS",
            description = "Side of the pictures the model sees. Default: as it was trained.")
    private int imageSize;

    @Option(
            names = "--seed",
            paramLabel = "S",
            description = "Seed of order, held-out pictures and fresh heads. Default: 1.")
    private long seed = 1;

    @Option(names = "--threads", paramLabel = "N", description = "Threads; 1 for results that repeat to the bit.")
    private int threads;

    @Mixin
    private HelpOption help = new HelpOption();

    FinetuneCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        if (threads > 0) {
            Engine.setThreads(threads);
        }
        var kind = Task.of(task);
        var options = FinetuneOptions.of(kind).with(settings());
        var finetune = new Finetune(
                session.registry(), options, EvaluateOptions.blip(), Reporter.lines(session.console()::say));
        var training = examples(kind, data, split);
        var result = validation == null
                ? finetune.run(from, training, out)
                : finetune.run(from, training, examples(kind, validation, ""), out);
        print(result);
        session.console()
                .say("the model: " + out + (kind == Task.CAPTION ? "; try: medley caption --model " + out : ""));
        return Status.OK;
    }

    /** What the flags say, in the names of the settings; {@code --set} comes last. */
    private Map<String, String> settings() {
        var changes = new LinkedHashMap<String, String>();
        changes.put("steps", Long.toString(steps));
        changes.put("batch", Integer.toString(batch));
        changes.put("schedule.peak", Double.toString(rate));
        changes.put("minScale", Double.toString(minScale));
        changes.put("heldOut", Double.toString(heldOut));
        changes.put("freeze", JsonMapper.shared().writeValueAsString(freeze));
        changes.put("lora.rank", Integer.toString(lora));
        changes.put("imageSize", Integer.toString(imageSize));
        changes.put("seed", Long.toString(seed));
        changes.putAll(settings);
        return changes;
    }

    private List<? extends Example> examples(Task kind, String source, String of) {
        var files = ExampleFiles.open(source, of);
        files.notes().forEach(session.console()::say);
        return Evaluator.examples(kind, files);
    }

    private void print(Finetune.Result result) {
        var before = result.before().map(Evaluation::figures).orElse(Map.of());
        var after = result.after().figures();
        int width = after.keySet().stream().mapToInt(String::length).max().orElse(0);
        var line = "%-" + width + "s  %10s  %10s";
        session.console().print(String.format(Locale.ROOT, line, "", "before", "after"));
        after.forEach((name, value) -> session.console()
                .print(String.format(Locale.ROOT, line, name, number(before.get(name)), number(value))));
    }

    private static String number(@Nullable Double value) {
        return value == null ? "-" : String.format(Locale.ROOT, "%.4f", value);
    }
}
