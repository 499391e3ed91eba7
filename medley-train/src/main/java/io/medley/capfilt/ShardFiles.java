package io.medley.capfilt;

import com.jerolba.carpet.CarpetWriter;
import io.medley.data.ShardWriter;
import io.medley.shards.LocalStorage;
import io.medley.shards.ShardStorage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;

/** The three files of a shard's output, which appear whole or not at all, the statistics last. */
final class ShardFiles {
    private ShardFiles() {}

    /** Fills the shard and the side-car. */
    interface Content {
        ShardStats write(ShardOutput output, Tally tally) throws IOException, InterruptedException;
    }

    static ShardStats write(ShardStorage storage, String folder, String name, CapFiltSettings settings, Content content)
            throws IOException, InterruptedException {
        var work = storage.workspace(folder);
        try {
            var tar = work.resolve(name + ".tar");
            var sideCar = work.resolve(name + ".parquet");
            var stats = work.resolve(ShardJob.statsName(name));
            var provenance = Map.of("medley.capfilt", settings.json().toString());
            var tally = new Tally();
            ShardStats result;
            try (var shard = new ShardWriter(tar);
                    var out = new BufferedOutputStream(Files.newOutputStream(sideCar));
                    CarpetWriter<SideCarRow> parquet = SideCar.write(out, provenance)) {
                result = content.write(new ShardOutput(settings, shard, parquet, tally), tally);
                shard.commit();
            }
            Files.writeString(stats, result.json());
            for (var file : List.of(tar, sideCar, stats)) {
                storage.publish(file, folder, file.getFileName().toString());
            }
            return result;
        } finally {
            LocalStorage.delete(work);
        }
    }
}
