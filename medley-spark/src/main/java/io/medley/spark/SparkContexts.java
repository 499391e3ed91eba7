package io.medley.spark;

import io.medley.tensor.MedleyException;
import org.apache.spark.SparkConf;
import org.apache.spark.api.java.JavaSparkContext;

/** Connects to a cluster, with what Medley's jobs need. */
final class SparkContexts {
    private SparkContexts() {}

    /**
     * Opens a context. Whatever {@code spark-submit} or {@code -Dspark.…} set wins over the choices made here.
     *
     * @param master {@code local[N]}, {@code spark://host:port}, {@code yarn}, {@code k8s://…}
     * @throws MedleyException if there is no such master
     */
    static JavaSparkContext open(String master, String name) {
        var conf = new SparkConf().setMaster(master).setAppName(name);
        conf.setIfMissing("spark.ui.showConsoleProgress", "false");
        // A killed attempt stops at its next batch instead of computing on beside its successor.
        conf.setIfMissing("spark.job.interruptOnCancel", "true");
        // The heap holds shards' rows and pictures only; weights and activations lie outside it.
        conf.setIfMissing("spark.executor.memory", "2g");
        conf.setIfMissing("spark.executor.memoryOverhead", "4g");
        try {
            return new JavaSparkContext(conf);
        } catch (Exception e) {
            // All of them: Scala throws checked exceptions without declaring them.
            var message = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
            throw new MedleyException(
                    "--master " + master + ": Spark refuses it (" + message
                            + "); give local[N], spark://HOST:PORT, yarn or k8s://…",
                    e);
        }
    }
}
