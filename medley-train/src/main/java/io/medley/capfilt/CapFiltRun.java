package io.medley.capfilt;

import io.medley.shards.LocalWorkers;
import io.medley.shards.Manifest;
import io.medley.shards.RunOptions;
import io.medley.shards.ShardInput;
import io.medley.shards.ShardRun;
import io.medley.shards.ShardStorage;
import io.medley.shards.ShardWork;
import io.medley.shards.ShardWorkers;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Captions and filters many shards, as a {@link ShardRun}. Writes per shard what {@link ShardJob} does, besides {@code manifest.jsonl},
 * {@code _stats.json} with the totals and {@code report.html}.
 */
public final class CapFiltRun {
    /** Totals of a run. */
    public static final String STATS = "_stats.json";

    /** The page for people. */
    public static final String REPORT = "report.html";

    private final ShardWorkers workers;
    private final ShardStorage storage;
    private final CapFiltSettings settings;
    private final RunOptions options;
    private final ShardRun.Listener listener;

    /**
     * What came of it.
     *
     * @param total of all shards in the folder that belong to this run, earlier ones included
     * @param failed shards that were given up
     */
    public record Result(ShardStats total, int done, int skipped, int failed) {}

    private CapFiltRun(
            ShardWorkers workers,
            ShardStorage storage,
            CapFiltSettings settings,
            RunOptions options,
            ShardRun.Listener listener) {
        this.workers = workers;
        this.storage = storage;
        this.settings = settings;
        this.options = options;
        this.listener = listener;
    }

    /** A run whose shards others do, such as a cluster; of the options only {@code maxErrors} counts then. */
    public static CapFiltRun on(
            ShardWorkers workers,
            ShardStorage storage,
            CapFiltSettings settings,
            RunOptions options,
            ShardRun.Listener listener) {
        return new CapFiltRun(workers, storage, settings, options, listener);
    }

    /** A run that captions and filters. */
    public static CapFiltRun of(
            CapFiltModels models,
            ShardStorage storage,
            CapFiltSettings settings,
            RunOptions options,
            ShardRun.Listener listener) {
        return here(
                (input, folder, progress) -> new ShardJob(input, folder, settings).run(models, storage, progress),
                storage,
                settings,
                options,
                listener);
    }

    /**
     * A run that judges the texts of an earlier one again. No model is loaded; pictures come from the shards the earlier run read.
     *
     * @param earlier the folder the earlier run wrote, on this machine
     * @param settings those of the earlier run, but for the policy and what is kept; see {@link CapFiltSettings#of}
     */
    public static CapFiltRun again(
            Path earlier,
            ShardStorage storage,
            CapFiltSettings settings,
            RunOptions options,
            ShardRun.Listener listener) {
        var judge = new Rethreshold(settings);
        return here(
                (input, folder, progress) ->
                        judge.shard(storage, input, earlier.resolve(input.name() + ".parquet"), folder, progress),
                storage,
                settings,
                options,
                listener);
    }

    private static CapFiltRun here(
            ShardWork work,
            ShardStorage storage,
            CapFiltSettings settings,
            RunOptions options,
            ShardRun.Listener listener) {
        return new CapFiltRun(
                new LocalWorkers(work, options.workers(), options.retries()), storage, settings, options, listener);
    }

    /** As {@link #run(List, String)}, into a folder of this machine. */
    public Result run(List<ShardInput> inputs, Path folder) throws IOException, InterruptedException {
        return run(inputs, folder.toString());
    }

    /**
     * Does all shards that are not done yet.
     *
     * @param folder as the storage understands it
     * @throws MedleyException when too much of the input cannot be used, or the folder belongs to another run
     */
    public Result run(List<ShardInput> inputs, String folder) throws IOException, InterruptedException {
        long start = System.nanoTime();
        var total = new ShardStats[] {ShardStats.EMPTY};
        var run = new ShardRun(new CapFiltTask(settings), workers, storage, options.maxErrors(), listener);
        var result = run.run(inputs, folder, entries -> {
            total[0] = ShardRun.total(
                    storage, folder, inputs, entries, ShardStats.EMPTY, ShardStats::of, ShardStats::plus);
            summarise(total[0], inputs.size(), entries, folder, (System.nanoTime() - start) / 1e9);
        });
        return new Result(total[0], result.done(), result.skipped(), result.failed());
    }

    private void summarise(
            ShardStats total, int shards, Map<String, Manifest.Entry> entries, String folder, double seconds)
            throws IOException, InterruptedException {
        ShardRun.write(storage, folder, STATS, total.withoutExamples().json());
        var failed = new HashMap<String, String>();
        entries.values().stream()
                .filter(entry -> entry.status() == Manifest.Status.FAILED)
                .forEach(entry -> failed.put(entry.input().name(), String.valueOf(entry.error())));
        ShardRun.write(storage, folder, REPORT, new RunReport(settings, total, shards, failed, seconds).html());
    }
}
