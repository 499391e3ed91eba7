package io.medley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.Models;
import io.medley.shards.ShardInput;
import io.medley.shards.ShardInputs;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Pictures that come twice are dropped by the command, with the embedded model's features. */
class DedupCommandTest {
    private static final int PICTURES = 6;

    @TempDir
    private Path home;

    private String run(String... args) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        var session = new Session(new Console(out, err, false), Models.registry(), Map.of());
        assertThat(Commands.line(session, args).execute(args))
                .as(err.toString(StandardCharsets.UTF_8))
                .isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    @Test
    void shardsAreWrittenWithoutWhatComesTwice() throws IOException {
        var web = home.resolve("web");
        run(
                "scenes",
                "--split",
                "web",
                "--count",
                "" + PICTURES,
                "--size",
                "48",
                "--format",
                "webdataset",
                "--out",
                "" + web);
        Files.copy(web.resolve("00000.tar"), web.resolve("00001.tar"));
        run("embed", "--in", "" + web, "--out", home + "/features", "--threads", "1");
        var unique = home.resolve("unique");
        var counts = run(
                "dedup",
                "--in",
                home + "/features",
                "--threshold",
                "0.9999",
                "--threads",
                "1",
                "--out",
                home + "/dropped",
                "--write",
                "" + unique,
                "--json");
        assertThat(counts)
                .contains("\"pictures\":" + 2 * PICTURES, "\"dropped\":" + PICTURES, "\"written\":" + PICTURES);
        assertThat(ShardInputs.find(List.of("" + unique)))
                .extracting(DedupCommandTest::rows)
                .containsExactly(PICTURES, 0);
    }

    private static int rows(ShardInput shard) {
        int rows = 0;
        try (var open = ShardInputs.open(shard)) {
            for (; open.hasNext(); open.next()) {
                rows++;
            }
        }
        return rows;
    }
}
