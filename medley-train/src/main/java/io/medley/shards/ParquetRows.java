package io.medley.shards;

import com.jerolba.carpet.CarpetReader;
import com.jerolba.carpet.CarpetWriter;
import com.jerolba.carpet.CloseableIterator;
import com.jerolba.carpet.ColumnNamingStrategy;
import com.jerolba.carpet.FieldMatchingStrategy;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.util.Map;
import org.apache.parquet.column.ParquetProperties.WriterVersion;
import org.apache.parquet.hadoop.metadata.CompressionCodecName;

/** Parquet files of records, a column for each component. Equal rows and metadata give equal bytes. */
public final class ParquetRows {
    // A shard has tens of thousands of short rows: one row group, whatever its size in memory is measured to be.
    private static final long ROW_GROUP = 64L << 20;

    private ParquetRows() {}

    /**
     * Starts a file.
     *
     * @param out closed with the writer
     * @param tool who writes; stands in the file's key-value metadata
     * @param settings how, likewise. One pair, for several would come in any order
     */
    public static <T> CarpetWriter<T> write(OutputStream out, Class<T> rows, String tool, String settings)
            throws IOException {
        return new CarpetWriter.Builder<>(out, rows)
                .withColumnNamingStrategy(ColumnNamingStrategy.SNAKE_CASE)
                .withCompressionCodec(CompressionCodecName.ZSTD)
                // The library lists a column's encodings in the order of a hash set, which differs from process to
                // process.
                // Without dictionaries, version 2 of the format has one encoding a column.
                .withWriterVersion(WriterVersion.PARQUET_2_0)
                .withDictionaryEncoding(false)
                .withRowGroupSize(ROW_GROUP)
                .withExtraMetaData(Map.of(tool, settings))
                .build();
    }

    /**
     * Opens a file; rows in their order.
     *
     * @param what it should be, for the message if it is not
     */
    public static <T> CloseableIterator<T> read(Path file, Class<T> rows, String what) {
        try {
            return new CarpetReader<>(file.toFile(), rows)
                    .withFieldMatchingStrategy(FieldMatchingStrategy.SNAKE_CASE)
                    .iterator();
        } catch (RuntimeException e) {
            throw new MedleyException(
                    file + ": is not " + what + " (" + e.getMessage() + "); give the output of an earlier run", e);
        }
    }
}
