package io.medley.embed;

import com.jerolba.carpet.CarpetWriter;
import com.jerolba.carpet.CloseableIterator;
import io.medley.shards.ParquetRows;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A picture's features: a row of {@code NAME.parquet}, columns in snake_case.
 *
 * @param key the sample's key
 * @param row its place in the shard, from 0
 * @param image the picture's vector; null if it could not be used
 * @param text the first text it came with, if it came with one
 * @param textVector that text's vector, unless texts were not asked for
 * @param error what is wrong with the picture, else null
 */
public record EmbeddingRow(
        String key,
        long row,
        @Nullable List<Float> image,
        @Nullable String text,
        @Nullable List<Float> textVector,
        @Nullable String error) {

    static CarpetWriter<EmbeddingRow> write(OutputStream out, String settings) throws IOException {
        return ParquetRows.write(out, EmbeddingRow.class, "medley.embed", settings);
    }

    /** Opens a file; rows in their order. */
    public static CloseableIterator<EmbeddingRow> read(Path file) {
        return ParquetRows.read(file, EmbeddingRow.class, "a file of embeddings");
    }
}
