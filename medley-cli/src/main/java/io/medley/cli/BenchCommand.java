package io.medley.cli;

import io.medley.bench.BenchTask;
import io.medley.bench.Benchmark;
import io.medley.bench.Worker;
import io.medley.tensor.Engine;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code medley bench}. */
@Command(
        name = "bench",
        description =
                "Measure speed on random BLIP-base weights: encoding, captions of 20 forced tokens, matching; and training steps of a tiny BLIP and one of its own size.",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley bench --tasks 'enc_*,cap_beam3_b1' --rounds 5",
            "  medley bench --worker",
            "    (one contender of an interleaved race, speaking JSON lines)"
        })
final class BenchCommand implements Callable<Integer> {
    private final Session session;

    @Option(
            names = "--tasks",
            paramLabel = "NAME",
            split = ",",
            description = "Names of tasks, * stands for anything. Default: all but pretrain_base_b4, which takes 8 GB.")
    private List<String> tasks = List.of();

    @Option(names = "--rounds", paramLabel = "N", description = "Runs that count per task. Default: 3.")
    private int rounds = 3;

    @Option(names = "--image-size", paramLabel = "PIXELS", description = "A multiple of 16. Default: 384.")
    private int imageSize = 384;

    @Option(names = "--threads", paramLabel = "N", description = "Threads of one operation. Default: one per core.")
    private int threads;

    @Option(names = "--worker", description = "Answer run requests on standard input instead of measuring.")
    private boolean worker;

    @Mixin
    private JsonOption json = new JsonOption();

    @Mixin
    private HelpOption help = new HelpOption();

    BenchCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        if (threads != 0) {
            Engine.setThreads(threads);
        }
        List<BenchTask> chosen = Benchmark.select(Benchmark.all(imageSize), tasks);
        if (worker) {
            BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            Worker.serve(chosen, in, session.console()::print);
            return Status.OK;
        }
        Console console = session.console();
        Benchmark.Report report = Benchmark.run(chosen, rounds, console::say);
        if (json.json) {
            report.results()
                    .forEach(r -> console.print(Json.object()
                            .put("task", r.task())
                            .put("median_s", r.medianSeconds())
                            .put("min_s", r.leastSeconds())
                            .put("n", r.runs())
                            .put("clean", r.clean())
                            .put("others", r.othersShare())
                            .put("items_per_s", r.itemsPerSecond())
                            .put("gflops", r.gflops())
                            .put("share_of_roofline", r.share())
                            .put("roofline_gflops", report.roofline())
                            .put("peak_rss_mb", report.peakMegabytes())));
            return Status.OK;
        }
        console.print(String.format(
                Locale.ROOT,
                "roofline %.0f GFLOP/s (float32), peak memory %d MB",
                report.roofline(),
                report.peakMegabytes()));
        console.print(String.format(
                Locale.ROOT,
                "%-16s %10s %10s %9s %9s %9s %8s",
                "task",
                "median s",
                "least s",
                "per s",
                "GFLOP/s",
                "of peak",
                "clean"));
        for (Benchmark.Result r : report.results()) {
            console.print(String.format(
                    Locale.ROOT,
                    "%-16s %10.3f %10.3f %9.2f %9.0f %8.0f%% %6d/%d",
                    r.task(),
                    r.medianSeconds(),
                    r.leastSeconds(),
                    r.itemsPerSecond(),
                    r.gflops(),
                    100 * r.share(),
                    r.clean(),
                    r.runs()));
        }
        return Status.OK;
    }
}
