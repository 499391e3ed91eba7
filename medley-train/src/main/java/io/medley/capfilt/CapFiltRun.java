package io.medley.capfilt;

import io.medley.checkpoint.AtomicFile;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CompletionService;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorCompletionService;
import java.util.concurrent.Executors;
import java.util.function.LongConsumer;

/**
 * Captions and filters many shards on one machine. May be killed at any moment and started again: finished shards are skipped, all others
 * done, and what comes out in the end is the same.
 *
 * <p>Writes per shard what {@link ShardJob} does, besides {@code manifest.jsonl}, {@code _stats.json} with the totals and
 * {@code report.html}.
 */
public final class CapFiltRun {
    /** Totals of a run. */
    public static final String STATS = "_stats.json";

    /** The page for people. */
    public static final String REPORT = "report.html";

    // Fewer rows say nothing about a rate.
    private static final long ROWS_FOR_RATE = 100;

    // So many shards that fail one after the other, and no other done, mean that nothing works here.
    private static final int FAILED_IN_A_ROW = 3;

    private final Work work;
    private final CapFiltSettings settings;
    private final RunOptions options;
    private final Listener listener;

    /** Told how a run goes, one call at a time. */
    public interface Listener {
        /** So many more rows are done. */
        void rows(long more);

        /** Something a person may want to read, one line. */
        void say(String line);
    }

    /**
     * What came of it.
     *
     * @param total of all shards in the folder that belong to this run, earlier ones included
     * @param failed shards that were given up
     */
    public record Result(ShardStats total, int done, int skipped, int failed) {}

    private record Outcome(ShardInput input, int attempts, ShardStats stats, String error) {}

    /** What is done to a shard. */
    private interface Work {
        ShardStats run(ShardInput input, String folder, LongConsumer progress) throws IOException, InterruptedException;
    }

    private CapFiltRun(Work work, CapFiltSettings settings, RunOptions options, Listener listener) {
        this.work = work;
        this.settings = settings;
        this.options = options;
        this.listener = listener;
    }

    /** A run that captions and filters. */
    public static CapFiltRun of(
            CapFiltModels models,
            ShardStorage storage,
            CapFiltSettings settings,
            RunOptions options,
            Listener listener) {
        return new CapFiltRun(
                (input, folder, progress) -> new ShardJob(input, folder, settings).run(models, storage, progress),
                settings,
                options,
                listener);
    }

    /**
     * A run that judges the texts of an earlier one again. No model is loaded; pictures come from the shards the earlier run read.
     *
     * @param earlier the folder the earlier run wrote
     * @param settings those of the earlier run, but for the policy and what is kept; see {@link CapFiltSettings#of}
     */
    public static CapFiltRun again(
            Path earlier, ShardStorage storage, CapFiltSettings settings, RunOptions options, Listener listener) {
        var judge = new Rethreshold(settings);
        return new CapFiltRun(
                (input, folder, progress) ->
                        judge.shard(storage, input, earlier.resolve(input.name() + ".parquet"), folder, progress),
                settings,
                options,
                listener);
    }

    /**
     * Does all shards that are not done yet.
     *
     * @throws MedleyException when too much of the input cannot be used, or the folder belongs to another run
     */
    public Result run(List<ShardInput> inputs, Path folder) throws IOException, InterruptedException {
        long start = System.nanoTime();
        try (var manifest = Manifest.open(folder, settings)) {
            LocalStorage.clean(folder);
            var left = new ArrayList<ShardInput>();
            for (var input : inputs) {
                requireElsewhere(input, folder);
                if (!isDone(input, manifest, folder)) {
                    left.add(input);
                }
            }
            int skipped = inputs.size() - left.size();
            if (skipped > 0) {
                listener.say(skipped + " of " + inputs.size() + " shards are done already");
            }
            try {
                int failed = doAll(left, folder, manifest);
                return new Result(total(inputs, manifest, folder), left.size() - failed, skipped, failed);
            } finally {
                summarise(inputs, manifest, folder, (System.nanoTime() - start) / 1e9);
            }
        }
    }

    private static void requireElsewhere(ShardInput input, Path folder) throws IOException {
        if (ShardInputs.isRemote(input.source())) {
            return;
        }
        var source = Path.of(input.source());
        var target = folder.resolve(input.name() + ".tar");
        if (Files.exists(source) && Files.exists(target) && Files.isSameFile(source, target)) {
            throw new MedleyException(source + ": would be overwritten; give another --out");
        }
    }

    private static boolean isDone(ShardInput input, Manifest manifest, Path folder) {
        var entry = manifest.entries().get(input.name());
        if (entry == null || entry.status() != Manifest.Status.DONE) {
            return false;
        }
        if (!entry.input().equals(input)) {
            throw new MedleyException(folder + ": shard " + input.name() + " was made from " + describe(entry.input())
                    + " and not from " + describe(input) + "; give another --out");
        }
        return Files.exists(folder.resolve(input.name() + ".tar"))
                && Files.exists(folder.resolve(input.name() + ".parquet"))
                && Files.exists(folder.resolve(ShardJob.statsName(input.name())));
    }

    private static String describe(ShardInput input) {
        return input.source()
                + (input.rows() == ShardInput.ALL
                        ? ""
                        : " rows " + input.first() + " to " + (input.first() + input.rows() - 1));
    }

    /** @return shards given up */
    private int doAll(List<ShardInput> left, Path folder, Manifest manifest) throws IOException, InterruptedException {
        var workers = Executors.newFixedThreadPool(options.workers(), task -> {
            var thread = new Thread(task, "capfilt-shard");
            thread.setDaemon(true);
            return thread;
        });
        try {
            var finished = new ExecutorCompletionService<Outcome>(workers);
            for (var input : left) {
                finished.submit(() -> attempts(input, folder));
            }
            return record(left.size(), manifest, finished);
        } finally {
            workers.shutdownNow();
        }
    }

    private int record(int shards, Manifest manifest, CompletionService<Outcome> finished)
            throws IOException, InterruptedException {
        long count = 0;
        long errors = 0;
        for (var entry : manifest.entries().values()) {
            count += entry.count();
            errors += entry.errors();
        }
        int failed = 0;
        for (int n = 0; n < shards; n++) {
            var outcome = outcome(finished);
            var stats = outcome.stats();
            boolean ok = outcome.error().isEmpty();
            manifest.add(new Manifest.Entry(
                    outcome.input(),
                    ok ? Manifest.Status.DONE : Manifest.Status.FAILED,
                    outcome.attempts(),
                    stats.count(),
                    stats.errors(),
                    ok ? null : outcome.error()));
            failed += ok ? 0 : 1;
            count += stats.count();
            errors += stats.errors();
            if (!ok) {
                listener.say(outcome.input().name() + " failed: " + outcome.error());
            }
            if (failed >= FAILED_IN_A_ROW && failed == n + 1) {
                throw new MedleyException(
                        "stopped: the first " + failed + " shards all failed, the last because of " + outcome.error());
            }
            if (count >= ROWS_FOR_RATE && errors > options.maxErrors() * count) {
                throw new MedleyException(tooMany(count, errors, stats));
            }
        }
        return failed;
    }

    private String tooMany(long count, long errors, ShardStats stats) {
        return String.format(
                Locale.ROOT,
                "stopped: %d of %d rows (%.1f %%) cannot be used, more than the %.1f %% allowed; for example %s; mend the"
                        + " input, or raise --max-errors",
                errors,
                count,
                100.0 * errors / count,
                100 * options.maxErrors(),
                stats.problems().isEmpty()
                        ? "see the side-cars"
                        : stats.problems().get(0));
    }

    private static Outcome outcome(CompletionService<Outcome> finished) throws InterruptedException, IOException {
        try {
            return finished.take().get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException cause) {
                throw cause;
            }
            if (e.getCause() instanceof Error cause) {
                throw cause;
            }
            throw new IOException(e.getCause());
        }
    }

    /** Tries a shard until it works or the attempts are used up. What cannot be mended by trying again is passed on at once. */
    private Outcome attempts(ShardInput input, Path folder) throws InterruptedException {
        var error = "";
        for (int attempt = 1; attempt <= options.retries() + 1; attempt++) {
            try {
                var stats = work.run(input, folder.toString(), more -> {
                    synchronized (listener) {
                        listener.rows(more);
                    }
                });
                return new Outcome(input, attempt, stats, "");
            } catch (IOException | UncheckedIOException | MedleyException e) {
                error = String.valueOf(e.getMessage());
            }
        }
        return new Outcome(input, options.retries() + 1, ShardStats.EMPTY, error);
    }

    private static ShardStats total(List<ShardInput> inputs, Manifest manifest, Path folder) throws IOException {
        var total = ShardStats.EMPTY;
        var entries = manifest.entries();
        for (var input : inputs) {
            var entry = entries.get(input.name());
            if (entry != null && entry.status() == Manifest.Status.DONE) {
                total = total.plus(ShardStats.of(Files.readString(folder.resolve(ShardJob.statsName(input.name())))));
            }
        }
        return total;
    }

    private void summarise(List<ShardInput> inputs, Manifest manifest, Path folder, double seconds) throws IOException {
        var total = total(inputs, manifest, folder);
        write(folder.resolve(STATS), total.withoutExamples().json());
        var failed = new HashMap<String, String>();
        manifest.entries().values().stream()
                .filter(entry -> entry.status() == Manifest.Status.FAILED)
                .forEach(entry -> failed.put(entry.input().name(), String.valueOf(entry.error())));
        write(folder.resolve(REPORT), new RunReport(settings, total, inputs.size(), failed, seconds).html());
    }

    static void write(Path file, String text) throws IOException {
        try (var out = new AtomicFile(file)) {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.commit();
        }
    }
}
