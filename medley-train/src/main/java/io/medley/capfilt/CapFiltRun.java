package io.medley.capfilt;

import io.medley.checkpoint.AtomicFile;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;

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

    private final ShardWorkers workers;
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

    private CapFiltRun(ShardWorkers workers, CapFiltSettings settings, RunOptions options, Listener listener) {
        this.workers = workers;
        this.settings = settings;
        this.options = options;
        this.listener = listener;
    }

    /** A run whose shards others do, such as a cluster; of the options only {@code maxErrors} counts then. */
    public static CapFiltRun on(ShardWorkers workers, CapFiltSettings settings, RunOptions options, Listener listener) {
        return new CapFiltRun(workers, settings, options, listener);
    }

    /** A run that captions and filters. */
    public static CapFiltRun of(
            CapFiltModels models,
            ShardStorage storage,
            CapFiltSettings settings,
            RunOptions options,
            Listener listener) {
        return here(
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
        return here(
                (input, folder, progress) ->
                        judge.shard(storage, input, earlier.resolve(input.name() + ".parquet"), folder, progress),
                settings,
                options,
                listener);
    }

    private static CapFiltRun here(ShardWork work, CapFiltSettings settings, RunOptions options, Listener listener) {
        return new CapFiltRun(
                new LocalWorkers(work, options.workers(), options.retries()), settings, options, listener);
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
                var ledger = new Ledger(manifest);
                workers.run(left, folder, ledger);
                // What attempts left behind that died and were made again elsewhere.
                LocalStorage.clean(folder);
                return new Result(total(inputs, manifest, folder), left.size() - ledger.failed, skipped, ledger.failed);
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

    /** Writes down what became of shards, and stops when too much of it is bad. */
    private final class Ledger implements ShardWorkers.Sink {
        private final Manifest manifest;
        private long count;
        private long errors;
        private int shards;
        private int failed;

        Ledger(Manifest manifest) {
            this.manifest = manifest;
            for (var entry : manifest.entries().values()) {
                count += entry.count();
                errors += entry.errors();
            }
        }

        @Override
        public void rows(long more) {
            listener.rows(more);
        }

        @Override
        public void done(ShardOutcome outcome) throws IOException {
            var stats = outcome.stats();
            manifest.add(new Manifest.Entry(
                    outcome.input(),
                    outcome.done() ? Manifest.Status.DONE : Manifest.Status.FAILED,
                    outcome.attempts(),
                    stats.count(),
                    stats.errors(),
                    outcome.done() ? null : outcome.error()));
            shards++;
            count += stats.count();
            errors += stats.errors();
            if (!outcome.done()) {
                failed++;
                listener.say(outcome.input().name() + " failed: " + outcome.error());
            }
            if (failed >= FAILED_IN_A_ROW && failed == shards) {
                throw new MedleyException(
                        "stopped: the first " + failed + " shards all failed, the last because of " + outcome.error());
            }
            if (count >= ROWS_FOR_RATE && errors > options.maxErrors() * count) {
                throw new MedleyException(tooMany(count, errors, stats));
            }
        }
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
