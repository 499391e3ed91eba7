package io.medley.capfilt;

import io.medley.Models;
import io.medley.shards.ShardTask;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** Captioning and filtering as work on shards. */
public record CapFiltTask(CapFiltSettings settings) implements ShardTask {

    @Override
    public String tool() {
        return "medley capfilt";
    }

    @Override
    public ObjectNode json() {
        return settings.json();
    }

    @Override
    public List<String> files(String shard) {
        return List.of(shard + ".tar", shard + ".parquet", ShardJob.statsName(shard));
    }

    @Override
    public Worker load() {
        return CapFiltModels.load(Models.registry(), settings).worker(settings);
    }
}
