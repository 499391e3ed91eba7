package io.medley.capfilt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.shards.ParquetRows;
import io.medley.tensor.MedleyException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SideCarTest {
    private static final List<SideCarRow> ROWS = List.of(
            new SideCarRow(
                    "a",
                    0,
                    "web",
                    0,
                    "ein Schloß 城",
                    null,
                    0.25,
                    -1.1,
                    0.5,
                    null,
                    false,
                    "below_threshold",
                    null,
                    null,
                    null,
                    null,
                    null),
            new SideCarRow(
                    "a",
                    0,
                    "synthetic",
                    0,
                    "a castle",
                    -0.5,
                    0.75,
                    1.1,
                    0.75,
                    0.3,
                    true,
                    "kept",
                    null,
                    1.5,
                    2.0,
                    3.0,
                    4.0),
            new SideCarRow(
                    "b",
                    1,
                    null,
                    0,
                    null,
                    null,
                    null,
                    null,
                    null,
                    null,
                    false,
                    "error",
                    "truncated",
                    null,
                    null,
                    null,
                    null));

    @TempDir
    Path folder;

    @Test
    void rowsComeBackAsTheyWere() throws IOException {
        var file = folder.resolve("x.parquet");
        Files.write(file, bytes());
        var read = new ArrayList<SideCarRow>();
        try (var rows = SideCar.read(file)) {
            rows.forEachRemaining(read::add);
        }
        assertThat(read).isEqualTo(ROWS);
    }

    @Test
    void equalRowsGiveEqualBytes() throws IOException {
        assertThat(bytes()).isEqualTo(bytes());
    }

    @Test
    void columnsAreNamedInSnakeCase() throws IOException {
        assertThat(new String(bytes(), java.nio.charset.StandardCharsets.ISO_8859_1))
                .contains("itm_probability");
    }

    @Test
    void anotherFileIsRefusedInOneLine() throws IOException {
        var file = folder.resolve("y.parquet");
        Files.writeString(file, "not parquet at all, really");
        assertThatThrownBy(() -> SideCar.read(file))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("side-car");
    }

    private static byte[] bytes() throws IOException {
        var out = new ByteArrayOutputStream();
        try (var writer = ParquetRows.write(out, SideCarRow.class, "medley.settings", "{}")) {
            writer.write(ROWS);
        }
        return out.toByteArray();
    }
}
