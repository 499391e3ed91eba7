package io.medley.cli;

import io.medley.Medley;
import io.medley.capfilt.CapFiltModels;
import io.medley.capfilt.CapFiltRun;
import io.medley.capfilt.CapFiltSettings;
import io.medley.capfilt.CapFiltTask;
import io.medley.capfilt.DryRun;
import io.medley.capfilt.Policy;
import io.medley.capfilt.ShardStats;
import io.medley.shards.LocalStorage;
import io.medley.shards.Manifest;
import io.medley.shards.RunOptions;
import io.medley.shards.ShardInput;
import io.medley.shards.ShardInputs;
import io.medley.shards.ShardStorage;
import io.medley.task.CaptionOptions;
import io.medley.task.Decoding;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code medley capfilt}. */
@Command(
        name = "capfilt",
        description = {
            "Clean image-text data: write captions for pictures, score these and the texts they came with, keep the good ones.",
            "",
            "Reads tar shards as WebDataset and img2dataset write them. Writes for each NAME.tar (same keys, same picture bytes, the best"
                    + " kept text, all of them with their scores in the JSON), NAME.parquet (every text and score) and"
                    + " NAME_stats.json, and report.html for all. A run that was interrupted or killed goes on where it was when"
                    + " it is started again."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley capfilt --in 'web/*.tar' --out clean",
            "  medley capfilt --in 'web/*.tar' --out clean --dry-run 200",
            "  medley capfilt --in 'web/{00000..00099}.tar' --out best --samples 10 --policy best-of --threshold 0.7",
            "  medley capfilt --rethreshold clean --out stricter --threshold 0.9"
        })
final class CapfiltCommand implements Callable<Integer> {
    private static final double NUCLEUS = 0.9;
    private final Session session;

    @Option(
            names = "--in",
            paramLabel = "FILE|DIR|GLOB|URL",
            description =
                    "Tar shards ({00000..00099} counts), a directory of pictures with x.txt beside x.jpg, or a list of pictures"
                            + " and texts (.jsonl, .csv, .tsv, .parquet); may be given several times.")
    private List<String> in = new ArrayList<>();

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where to; made if missing.")
    private String out = "";

    @Option(
            names = "--captioner",
            paramLabel = "MODEL",
            description = "Model that writes captions. Default: the embedded one.")
    private String captioner = Medley.DEFAULT_MODEL;

    @Option(
            names = "--filter",
            paramLabel = "MODEL",
            description =
                    "Model that scores texts. Default: the captioner, which then encodes each picture once for both.")
    private @Nullable String filter;

    @Option(names = "--clip", paramLabel = "MODEL", description = "Score texts by this embedding model's cosine, too.")
    private @Nullable String clip;

    @Option(names = "--samples", paramLabel = "K", description = "Captions per picture. Default: 1.")
    private int samples = 1;

    @Option(
            names = "--nucleus",
            paramLabel = "P",
            description = "Mass of the nucleus captions are drawn from. Default: 0.9.")
    private @Nullable Double nucleus;

    @Option(names = "--beams", paramLabel = "N", description = "Beam search with N beams instead of sampling.")
    private @Nullable Integer beams;

    @Option(
            names = "--min-length",
            paramLabel = "A",
            description = "Least number of tokens of a caption, prompt included. Default: 5.")
    private int minLength = 5;

    @Option(
            names = "--max-length",
            paramLabel = "B",
            description = "Greatest number of tokens of a caption, prompt included. Default: 20.")
    private int maxLength = 20;

    @Option(
            names = "--policy",
            paramLabel = "POLICY",
            description =
                    "paper: keep every text at or above the threshold; best-of: the best one of these; top-k: the --keep best;"
                            + " clip-rank: the --keep best by CLIP cosine, without a threshold. Default: paper.")
    private String policy = "paper";

    @Option(
            names = "--threshold",
            paramLabel = "T",
            description = "Least ITM probability of a kept text. Default: 0.5.")
    private @Nullable Double threshold;

    @Option(names = "--keep", paramLabel = "K", description = "Texts per picture for top-k and clip-rank. Default: 2.")
    private int keep = 2;

    @Option(names = "--keep-all", description = "Leave pictures without a kept text in the shards, without .txt.")
    private boolean keepAll;

    @Option(names = "--seed", paramLabel = "S", description = "Seed of the run. Default: 0.")
    private long seed;

    @Option(names = "--batch", paramLabel = "B", description = "Pictures given to the models at once. Default: 16.")
    private int batch = 16;

    @Option(
            names = "--shard-size",
            paramLabel = "N",
            description = "Pictures of an output shard, where the input has no shards. Default: 1000.")
    private long shardSize = 1000;

    @Option(
            names = "--timings",
            description = "Put times into the side-cars, which are then no longer the same from run to run.")
    private boolean timings;

    @Option(
            names = "--dry-run",
            paramLabel = "N",
            description = "Try N rows, write only DIR/dry-run.html, and estimate what the whole takes.")
    private long dryRun;

    @Option(
            names = "--rethreshold",
            paramLabel = "DIR",
            description = "Judge the texts of an earlier run's output again, without a model.")
    private @Nullable Path rethreshold;

    @Mixin
    private ShardRunOptions shards = new ShardRunOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Mixin
    private HelpOption help = new HelpOption();

    CapfiltCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (dryRun < 0) {
            throw new MedleyException("--dry-run is " + dryRun + "; give the number of rows to try");
        }
        var chosen = policy();
        var options = shards.run();
        if (rethreshold != null) {
            return again(rethreshold, chosen, options);
        }
        if (in.isEmpty()) {
            throw new MedleyException("--in is missing; give shards such as 'web/*.tar'");
        }
        var storage = ShardRunOptions.storage(
                Stream.concat(in.stream(), Stream.of(out)).toList());
        var inputs = ShardInputs.find(in, ShardRunOptions.shardSize(shardSize), storage);
        var captions = captions();
        var scoring = filter == null ? captioner : filter;
        try (var models = CapFiltModels.load(session.registry(), captioner, scoring, clip, shards.threads())) {
            var settings = models.settings(captions, chosen, batch, keepAll, timings);
            if (dryRun > 0) {
                return dryRun(models, storage, settings, inputs);
            }
            return shards.with(new CapFiltTask(settings), models.worker(settings), storage, workers -> {
                try (var progress = progress()) {
                    return report(CapFiltRun.on(
                                    workers, storage, settings, options, ShardRunOptions.listener(session, progress))
                            .run(inputs, out));
                }
            });
        }
    }

    private Policy policy() {
        if (policy.equals("clip-rank") && threshold != null) {
            throw new MedleyException("--threshold: policy clip-rank has none; leave it out, or use top-k");
        }
        return Policy.of(policy, threshold == null ? Policy.PAPER_THRESHOLD : threshold, keep);
    }

    private CaptionOptions captions() {
        if (beams != null && nucleus != null) {
            throw new MedleyException("--beams and --nucleus exclude each other; give one");
        }
        var captions =
                CapFiltSettings.paperCaptions(beams == null ? samples : 1, seed).withLengths(minLength, maxLength);
        return beams == null
                ? captions.withDecoding(new Decoding.Nucleus(nucleus == null ? NUCLEUS : nucleus))
                : captions.withDecoding(new Decoding.Beam(beams))
                        .withSamples(samples)
                        .withRepetitionPenalty(1);
    }

    private int again(Path earlier, Policy chosen, RunOptions options) throws IOException, InterruptedException {
        if (dryRun > 0) {
            throw new MedleyException("--dry-run: judging again takes seconds; leave it out");
        }
        var storage = ShardRunOptions.storage(List.of(out));
        var before = new LocalStorage();
        var settings = CapFiltSettings.of(Manifest.settings(before, earlier.toString()))
                .judging(chosen, keepAll);
        var inputs = new ArrayList<ShardInput>();
        Manifest.finished(before, earlier.toString()).values().forEach(entry -> inputs.add(entry.input()));
        try (var progress = progress()) {
            var listener = ShardRunOptions.listener(session, progress);
            return report(CapFiltRun.again(earlier, storage, settings, options, listener)
                    .run(inputs, out));
        }
    }

    private int dryRun(CapFiltModels models, ShardStorage storage, CapFiltSettings settings, List<ShardInput> inputs)
            throws IOException, InterruptedException {
        if (ShardInputs.isRemote(out)) {
            throw new MedleyException("--dry-run writes a page to this machine; give a directory here with --out");
        }
        var page = Path.of(out).resolve("dry-run.html");
        OutputFile.check(page);
        try (var progress = Progress.of(session.console(), "capfilt", dryRun, "rows", 1)) {
            var estimate = DryRun.run(models, storage, settings, inputs, dryRun, page, progress::step);
            session.console().say(estimate.line());
            session.console().say(page.toString());
            print(estimate.sample());
        }
        return Status.OK;
    }

    private Progress progress() {
        // How many rows there are is not known before they are read.
        return Progress.of(session.console(), "capfilt", -1, "rows", 1);
    }

    private int report(CapFiltRun.Result result) {
        var total = result.total();
        session.console()
                .say(String.format(
                        Locale.ROOT,
                        "%d shards done, %d before, %d failed: %d rows, %d errors; kept %d of %d web and %d of %d synthetic"
                                + " texts; %d samples written",
                        result.done(),
                        result.skipped(),
                        result.failed(),
                        total.count(),
                        total.errors(),
                        total.web().kept(),
                        total.web().count(),
                        total.synthetic().kept(),
                        total.synthetic().count(),
                        total.written()));
        session.console().say(out + "/" + CapFiltRun.REPORT);
        print(total);
        return result.failed() > 0 || total.errors() > 0 ? Status.PARTLY : Status.OK;
    }

    private void print(ShardStats total) {
        if (json.json) {
            session.console().print(total.withoutExamples().json());
        }
    }
}
