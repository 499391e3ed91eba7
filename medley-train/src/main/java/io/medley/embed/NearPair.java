package io.medley.embed;

import com.jerolba.carpet.CarpetWriter;
import com.jerolba.carpet.CloseableIterator;
import io.medley.shards.ParquetRows;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/**
 * Two pictures with nearly the same vector.
 *
 * @param shard of the later one
 * @param row of the later one in its shard
 * @param otherShard of the earlier one: shards come in the order of their names
 * @param cosine of the angle between their vectors
 */
public record NearPair(
        String shard, long row, String key, String otherShard, long otherRow, String otherKey, double cosine) {

    static CarpetWriter<NearPair> write(OutputStream out, String settings) throws IOException {
        return ParquetRows.write(out, NearPair.class, "medley.dedup", settings);
    }

    /** Opens a file; rows in their order. */
    public static CloseableIterator<NearPair> read(Path file) {
        return ParquetRows.read(file, NearPair.class, "a file of near-duplicates");
    }
}
