package io.medley.shards;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.Function;

/**
 * Does many shards, by threads of this process or on a cluster. May be killed at any moment and started again: finished shards are skipped, all
 * others done, and what comes out in the end is the same. Keeps {@code manifest.jsonl} beside the shards' files.
 */
public final class ShardRun {
    // Fewer rows say nothing about a rate.
    private static final long ROWS_FOR_RATE = 100;

    // So many shards that fail one after the other, and no other done, mean that nothing works here.
    private static final int FAILED_IN_A_ROW = 3;

    private final ShardTask task;
    private final ShardWorkers workers;
    private final ShardStorage storage;
    private final double maxErrors;
    private final Listener listener;

    /** Told how a run goes, one call at a time. */
    public interface Listener {
        /** So many more rows are done. */
        void rows(long more);

        /** Something a person may want to read, one line. */
        void say(String line);
    }

    /** Writes what sums up all shards, when a run ends, however it does. */
    @FunctionalInterface
    public interface Summary {
        /** @param entries the manifest's, by shard */
        void write(Map<String, Manifest.Entry> entries) throws IOException, InterruptedException;
    }

    /**
     * How many shards.
     *
     * @param done by this run
     * @param skipped since they were done before
     * @param failed and given up
     */
    public record Result(int done, int skipped, int failed) {}

    /**
     * A run.
     *
     * @param workers who do {@code task}
     * @param maxErrors share of rows, 0 to 1, that may be unusable before the run stops
     */
    public ShardRun(ShardTask task, ShardWorkers workers, ShardStorage storage, double maxErrors, Listener listener) {
        this.task = task;
        this.workers = workers;
        this.storage = storage;
        this.maxErrors = maxErrors;
        this.listener = listener;
    }

    /**
     * Does all shards that are not done yet.
     *
     * @throws MedleyException when too much of the input cannot be used, or the folder belongs to another run
     */
    public Result run(List<ShardInput> inputs, String folder, Summary summary)
            throws IOException, InterruptedException {
        try (var manifest = Manifest.open(storage, folder, task)) {
            storage.clean(folder);
            var present = storage.names(folder);
            var left = new ArrayList<ShardInput>();
            for (var input : inputs) {
                requireElsewhere(input, folder);
                if (!isDone(input, manifest, folder, present)) {
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
                storage.clean(folder);
                return new Result(left.size() - ledger.failed, skipped, ledger.failed);
            } finally {
                summary.write(manifest.entries());
            }
        }
    }

    private void requireElsewhere(ShardInput input, String folder) throws IOException {
        for (var name : task.files(input.name())) {
            if (storage.same(input.source(), folder, name)) {
                throw new MedleyException(input.source() + ": would be overwritten; give another --out");
            }
        }
    }

    private boolean isDone(ShardInput input, Manifest manifest, String folder, Set<String> present) {
        var entry = manifest.entries().get(input.name());
        if (entry == null || entry.status() != Manifest.Status.DONE) {
            return false;
        }
        if (!entry.input().equals(input)) {
            throw new MedleyException(folder + ": shard " + input.name() + " was made from " + describe(entry.input())
                    + " and not from " + describe(input) + "; give another --out");
        }
        return present.containsAll(task.files(input.name()));
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
            var result = outcome.result();
            manifest.add(new Manifest.Entry(
                    outcome.input(),
                    outcome.done() ? Manifest.Status.DONE : Manifest.Status.FAILED,
                    outcome.attempts(),
                    result.count(),
                    result.errors(),
                    outcome.done() ? null : outcome.error()));
            shards++;
            count += result.count();
            errors += result.errors();
            if (!outcome.done()) {
                failed++;
                listener.say(outcome.input().name() + " failed: " + outcome.error());
            }
            if (failed >= FAILED_IN_A_ROW && failed == shards) {
                throw new MedleyException(
                        "stopped: the first " + failed + " shards all failed, the last because of " + outcome.error());
            }
            if (count >= ROWS_FOR_RATE && errors > maxErrors * count) {
                throw new MedleyException(tooMany(count, errors, result));
            }
        }
    }

    private String tooMany(long count, long errors, ShardResult result) {
        return String.format(
                Locale.ROOT,
                "stopped: %d of %d rows (%.1f %%) cannot be used, more than the %.1f %% allowed; for example %s; mend the"
                        + " input, or raise --max-errors",
                errors,
                count,
                100.0 * errors / count,
                100 * maxErrors,
                result.problems().isEmpty()
                        ? "see the Parquet files"
                        : result.problems().get(0));
    }

    /**
     * Adds up the statistics of those shards that are done, as {@code NAME_stats.json} tells them.
     *
     * @param entries the manifest's, by shard
     */
    public static <S> S total(
            ShardStorage storage,
            String folder,
            List<ShardInput> inputs,
            Map<String, Manifest.Entry> entries,
            S nothing,
            Function<String, S> parse,
            BinaryOperator<S> plus)
            throws IOException {
        S total = nothing;
        for (var input : inputs) {
            var entry = entries.get(input.name());
            if (entry != null && entry.status() == Manifest.Status.DONE) {
                total = plus.apply(total, parse.apply(read(storage, folder, input.name() + "_stats.json")));
            }
        }
        return total;
    }

    /** Puts a small text into its place. */
    public static void write(ShardStorage storage, String folder, String name, String text)
            throws IOException, InterruptedException {
        ShardFiles.write(storage, folder, List.of(name), work -> Files.writeString(work.resolve(name), text));
    }

    /** Reads a small text. */
    public static String read(ShardStorage storage, String folder, String name) throws IOException {
        try (var in = storage.read(folder, name)) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
