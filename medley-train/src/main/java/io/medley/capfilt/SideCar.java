package io.medley.capfilt;

import com.jerolba.carpet.CarpetWriter;
import com.jerolba.carpet.CloseableIterator;
import io.medley.shards.ParquetRows;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;

/** Parquet files of {@link SideCarRow}s. */
final class SideCar {
    private SideCar() {}

    /** Starts a file, see {@link ParquetRows#write}. */
    static CarpetWriter<SideCarRow> write(OutputStream out, CapFiltSettings settings) throws IOException {
        return ParquetRows.write(
                out, SideCarRow.class, "medley.capfilt", settings.json().toString());
    }

    /** Opens a file; rows in their order. */
    static CloseableIterator<SideCarRow> read(Path file) {
        return ParquetRows.read(file, SideCarRow.class, "a side-car of capfilt");
    }
}
