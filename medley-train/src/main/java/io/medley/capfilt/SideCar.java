package io.medley.capfilt;

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

/** Parquet files of {@link SideCarRow}s. Equal rows and metadata give equal bytes. */
final class SideCar {
    // A shard has tens of thousands of short rows: one row group, whatever its size in memory is measured to be.
    private static final long ROW_GROUP = 64L << 20;

    private SideCar() {}

    /**
     * Starts a file.
     *
     * @param out closed with the writer
     * @param metadata stored as key-value metadata of the file
     */
    static CarpetWriter<SideCarRow> write(OutputStream out, Map<String, String> metadata) throws IOException {
        return new CarpetWriter.Builder<>(out, SideCarRow.class)
                .withColumnNamingStrategy(ColumnNamingStrategy.SNAKE_CASE)
                .withCompressionCodec(CompressionCodecName.ZSTD)
                // The library lists a column's encodings in the order of a hash set, which differs from process to
                // process.
                // Without dictionaries, version 2 of the format has one encoding a column.
                .withWriterVersion(WriterVersion.PARQUET_2_0)
                .withDictionaryEncoding(false)
                .withRowGroupSize(ROW_GROUP)
                .withExtraMetaData(metadata)
                .build();
    }

    /** Opens a file; rows in their order. */
    static CloseableIterator<SideCarRow> read(Path file) {
        try {
            return new CarpetReader<>(file.toFile(), SideCarRow.class)
                    .withFieldMatchingStrategy(FieldMatchingStrategy.SNAKE_CASE)
                    .iterator();
        } catch (RuntimeException e) {
            throw new MedleyException(
                    file + ": is not a side-car of capfilt (" + e.getMessage() + "); give the output of an earlier run",
                    e);
        }
    }
}
