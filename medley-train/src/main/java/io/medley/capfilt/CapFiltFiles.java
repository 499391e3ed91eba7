package io.medley.capfilt;

import com.jerolba.carpet.CarpetWriter;
import io.medley.data.ShardWriter;
import io.medley.shards.ShardFiles;
import io.medley.shards.ShardStorage;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.nio.file.Files;

/** The three files of a shard's output. */
final class CapFiltFiles {
    private CapFiltFiles() {}

    /** Fills the shard and the side-car. */
    interface Content {
        ShardStats write(ShardOutput output, Tally tally) throws IOException, InterruptedException;
    }

    static ShardStats write(ShardStorage storage, String folder, String name, CapFiltSettings settings, Content content)
            throws IOException, InterruptedException {
        var names = new CapFiltTask(settings).files(name);
        return ShardFiles.write(storage, folder, names, work -> {
            var tally = new Tally();
            ShardStats result;
            try (var shard = new ShardWriter(work.resolve(name + ".tar"));
                    var out = new BufferedOutputStream(Files.newOutputStream(work.resolve(name + ".parquet")));
                    CarpetWriter<SideCarRow> parquet = SideCar.write(out, settings)) {
                result = content.write(new ShardOutput(settings, shard, parquet, tally), tally);
                shard.commit();
            }
            Files.writeString(work.resolve(ShardJob.statsName(name)), result.json());
            return result;
        });
    }
}
