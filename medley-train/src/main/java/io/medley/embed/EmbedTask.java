package io.medley.embed;

import io.medley.ModelRegistry;
import io.medley.Models;
import io.medley.shards.ModelIdentity;
import io.medley.shards.ShardTask;
import io.medley.tensor.MedleyException;
import java.util.List;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Turns shards into features: {@code NAME.parquet} with an {@link EmbeddingRow} for each row of the shard, and {@code NAME_stats.json}.
 *
 * @param model whose vectors they are
 * @param batch pictures per batch. Floating-point sums differ between batch sizes in their last bits, and so it counts
 * @param threads threads one operation of the engine is split over, for the same reason
 * @param texts whether each sample's first text gets a vector, too
 */
public record EmbedTask(ModelIdentity model, int batch, int threads, boolean texts) implements ShardTask {
    private static final int FORMAT = 1;
    private static final int MOST_BATCH = 1024;

    public EmbedTask {
        if (batch < 1 || batch > MOST_BATCH) {
            throw new MedleyException("batch is " + batch + "; give 1 to " + MOST_BATCH + " pictures");
        }
        if (threads < 1) {
            throw new MedleyException("threads is " + threads + "; give 1 or more");
        }
    }

    /**
     * Features by a model.
     *
     * @throws MedleyException if there is no such model
     */
    public static EmbedTask of(ModelRegistry registry, String model, int batch, int threads, boolean texts) {
        return new EmbedTask(ModelIdentity.of(model, registry.find(model)), batch, threads, texts);
    }

    @Override
    public String tool() {
        return "medley embed";
    }

    @Override
    public ObjectNode json() {
        var json = JsonMapper.shared().createObjectNode().put("format", FORMAT);
        json.putObject("model").put("name", model.name()).put("sha256", model.sha256());
        return json.put("batch", batch).put("threads", threads).put("texts", texts);
    }

    @Override
    public List<String> files(String shard) {
        return List.of(shard + ".parquet", shard + "_stats.json");
    }

    @Override
    public Worker load() {
        return EmbedWorker.load(Models.registry(), this);
    }
}
