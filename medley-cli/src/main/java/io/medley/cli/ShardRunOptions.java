package io.medley.cli;

import io.medley.shards.LocalStorage;
import io.medley.shards.LocalWorkers;
import io.medley.shards.RunOptions;
import io.medley.shards.ShardInputs;
import io.medley.shards.ShardRun;
import io.medley.shards.ShardStorage;
import io.medley.shards.ShardTask;
import io.medley.shards.ShardWorkers;
import io.medley.spark.HadoopStorage;
import io.medley.spark.SparkWorkers;
import io.medley.tensor.Engine;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** How shards are worked on: here or on a cluster, and what happens when something goes wrong. */
final class ShardRunOptions {
    @Option(names = "--workers", paramLabel = "N", description = "Shards worked on at once. Default: 1.")
    private int workers = 1;

    @Option(
            names = "--threads",
            paramLabel = "N",
            description =
                    "Threads of one operation of the engine. Default: the machine's cores, shared among workers; with --master 1.")
    private int threads;

    @Option(names = "--retries", paramLabel = "N", description = "How often a failed shard is tried again. Default: 2.")
    private int retries = RunOptions.DEFAULT.retries();

    @Option(
            names = "--max-errors",
            paramLabel = "R",
            description = "Share of unusable rows, 0 to 1, above which the run stops. Default: 0.1.")
    private double maxErrors = RunOptions.DEFAULT.maxErrors();

    @Option(
            names = "--master",
            paramLabel = "URL",
            description =
                    "Let Apache Spark do the shards: local[N], spark://HOST:PORT, yarn or k8s://…; --workers is then its own"
                            + " matter. Input, --out and models must be reachable under the same paths from every executor.")
    private @Nullable String master;

    RunOptions run() {
        return new RunOptions(workers, retries, maxErrors);
    }

    /** The address of a cluster, or null to work here. */
    @Nullable
    String master() {
        return master;
    }

    /** Threads of one operation. */
    int threads() {
        return threads > 0 ? threads : master != null ? 1 : Math.max(1, Engine.threads() / workers);
    }

    /** Where all of these paths are; Hadoop is asked only for addresses that are its own. */
    static ShardStorage storage(List<String> paths) {
        var address = paths.stream().filter(ShardInputs::isHadoop).findFirst();
        if (address.isEmpty()) {
            return new LocalStorage();
        }
        try {
            return HadoopStorage.connect(address.get());
        } catch (LinkageError e) {
            throw new MedleyException(
                    address.get()
                            + ": Hadoop's file systems need Hadoop, which comes with Spark and is not on the class path;"
                            + " use the launcher ./medley, or spark-submit",
                    e);
        }
    }

    /** What is done with those who do the shards. */
    interface Use {
        int with(ShardWorkers workers) throws IOException, InterruptedException;
    }

    /**
     * Lends threads of this process, or of a cluster.
     *
     * @param local does a shard of the task here; closed by whoever made it. May be null where a cluster does the work
     */
    int with(ShardTask task, ShardTask.@Nullable Worker local, ShardStorage storage, Use use)
            throws IOException, InterruptedException {
        if (master == null) {
            Objects.requireNonNull(local);
            return use.with(new LocalWorkers(
                    (input, folder, progress) -> local.run(input, folder, storage, progress), workers, retries));
        }
        try (var cluster = SparkWorkers.connect(master, task, retries)) {
            return use.with(cluster);
        } catch (NoClassDefFoundError e) {
            throw new MedleyException(
                    "--master " + master + ": Spark is not on the class path; use the launcher ./medley, or"
                            + " spark-submit",
                    e);
        }
    }

    /** What is done with a run. */
    interface Run {
        int with(ShardRun run) throws IOException, InterruptedException;
    }

    /** Lends a run of a task, which is loaded only where the work is done. */
    int with(Session session, ShardTask task, ShardStorage storage, Run use) throws IOException, InterruptedException {
        try (var local = master == null ? task.load() : null;
                var progress = progress(session, task)) {
            var listener = listener(session, progress);
            return with(
                    task,
                    local,
                    storage,
                    workers -> use.with(new ShardRun(task, workers, storage, maxErrors, listener)));
        }
    }

    /** How many rows there are is not known before they are read. */
    private static Progress progress(Session session, ShardTask task) {
        return Progress.of(session.console(), task.tool().substring(task.tool().indexOf(' ') + 1), -1, "rows", 1);
    }

    /** Rows of a slice of what has no shards. */
    static long shardSize(long rows) {
        if (rows < 1) {
            throw new MedleyException("--shard-size is " + rows + "; give 1 or more");
        }
        return rows;
    }

    /** Shows how a run goes. */
    static ShardRun.Listener listener(Session session, Progress progress) {
        return new ShardRun.Listener() {
            @Override
            public void rows(long more) {
                progress.step(more);
            }

            @Override
            public void say(String line) {
                session.console().say(line);
            }
        };
    }
}
