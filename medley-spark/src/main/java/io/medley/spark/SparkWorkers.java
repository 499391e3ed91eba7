package io.medley.spark;

import io.medley.shards.ShardInput;
import io.medley.shards.ShardInputs;
import io.medley.shards.ShardOutcome;
import io.medley.shards.ShardTask;
import io.medley.shards.ShardWorkers;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.Serializable;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.util.LongAccumulator;
import org.jspecify.annotations.Nullable;
import scala.Function2;
import scala.collection.Iterator;
import scala.reflect.ClassTag$;
import scala.runtime.BoxedUnit;

/**
 * Does shards as the tasks of one Spark job, as many at once as the cluster has slots. Input and output must be reachable under the same paths
 * from every executor, and the models too; what an executor finds under a model's name is compared with what the driver found.
 *
 * <p>A lost executor's shards are done again by others, and a speculative copy may run beside its original: both write the same bytes under a
 * temporary name and rename them, so nothing comes out twice or in parts.
 */
public final class SparkWorkers implements ShardWorkers, AutoCloseable {
    private final JavaSparkContext context;
    private final ShardTask task;
    private final int retries;

    /**
     * Connects to a cluster.
     *
     * @param master {@code local[N]}, {@code spark://HOST:PORT}, {@code yarn}, {@code k8s://…}; what {@code spark-submit} sets otherwise wins
     * @param retries how often a shard that fails is tried again by the task that has it
     * @throws MedleyException if Spark knows no such master, or cannot reach it
     */
    public static SparkWorkers connect(String master, ShardTask task, int retries) {
        return new SparkWorkers(SparkContexts.open(master, task.tool()), task, retries);
    }

    SparkWorkers(JavaSparkContext context, ShardTask task, int retries) {
        this.context = context;
        this.task = task;
        this.retries = retries;
    }

    @Override
    public void run(List<ShardInput> inputs, String folder, Sink sink) throws IOException {
        if (inputs.isEmpty()) {
            return;
        }
        var rows = context.sc().longAccumulator("rows");
        var sent = new Sent(task, absolute(folder), retries, rows);
        // Executors have working directories of their own.
        var elsewhere = inputs.stream()
                .map(input -> new ShardInput(input.name(), absolute(input.source()), input.first(), input.rows()))
                .toList();
        var refusal = new AtomicReference<@Nullable Exception>();
        // Called on a thread of Spark's, one result at a time, as tasks end.
        Function2<Object, ShardOutcome, BoxedUnit> collect = (index, outcome) -> {
            if (refusal.get() == null) {
                try {
                    sink.done(new ShardOutcome(
                            inputs.get((Integer) index), outcome.attempts(), outcome.result(), outcome.error()));
                    sink.rows(outcome.result().count());
                } catch (IOException | RuntimeException e) {
                    refusal.set(e);
                    context.cancelAllJobs();
                }
            }
            return BoxedUnit.UNIT;
        };
        try {
            context.sc()
                    .runJob(
                            context.parallelize(elsewhere, elsewhere.size()).rdd(),
                            sent,
                            collect,
                            ClassTag$.MODULE$.apply(ShardOutcome.class));
        } catch (Exception e) {
            // All of them: Scala throws checked exceptions without declaring them.
            if (refusal.get() == null) {
                var message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
                throw new MedleyException("spark: the job ended (" + message + "); the same command continues", e);
            }
        }
        var refused = refusal.get();
        if (refused instanceof IOException failure) {
            throw failure;
        }
        if (refused instanceof RuntimeException failure) {
            throw failure;
        }
    }

    private static String absolute(String path) {
        return ShardInputs.isRemote(path)
                ? path
                : Path.of(path).toAbsolutePath().toString();
    }

    /** Disconnects. */
    @Override
    public void close() {
        context.close();
    }

    /** One shard; travels to the executors. */
    private record Sent(ShardTask task, String folder, int retries, LongAccumulator rows)
            implements Function2<TaskContext, Iterator<ShardInput>, ShardOutcome>, Serializable {
        @Override
        public ShardOutcome apply(TaskContext context, Iterator<ShardInput> inputs) {
            var input = inputs.next();
            try {
                var storage = HadoopStorage.here();
                return ExecutorWorkers.lend(
                        task,
                        worker -> ShardOutcome.of(
                                (shard, where, progress) -> worker.run(shard, where, storage, progress),
                                input,
                                folder,
                                retries,
                                rows::add));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(input.name() + ": stopped", e);
            }
        }
    }
}
