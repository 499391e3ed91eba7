package io.medley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class ScenesCommandTest extends CommandTest {
    @Test
    void writesPicturesAndJson() throws IOException {
        Path out = home.resolve("scenes");
        Result result =
                run("scenes", "--split", "test", "--count", "2", "--size", "64", "--out", out.toString(), "--json");
        assertThat(result.status()).isZero();
        assertThat(result.json()).hasSize(2);
        var dataset = JsonMapper.shared().readTree(Files.readAllBytes(out.resolve("dataset_test.json")));
        assertThat(dataset.get("images")).hasSize(2);
        assertThat(out.resolve("images/test_000000001.png")).isNotEmptyFile();
    }

    @Test
    void writesShards() {
        Path out = home.resolve("web");
        Result result = run(
                "scenes",
                "--split",
                "web",
                "--count",
                "5",
                "--size",
                "32",
                "--format",
                "webdataset",
                "--shard-size",
                "2",
                "--out",
                out.toString());
        assertThat(result.status()).isZero();
        assertThat(out.resolve("00002.tar")).isNotEmptyFile();
        assertThat(out.resolve("00002_stats.json")).isNotEmptyFile();
    }

    @Test
    void badArgumentsGetOneLineAndWriteNothing() {
        Path out = home.resolve("none");
        for (String[] bad :
                new String[][] {{"--count", "0"}, {"--size", "5"}, {"--split", "tset"}, {"--shard-size", "3"}}) {
            Result result = run("scenes", bad[0], bad[1], "--out", out.toString());
            assertThat(result.status()).isEqualTo(2);
            assertThat(result.err().strip()).isNotEmpty().doesNotContain("\n").doesNotContain("Exception");
            assertThat(out).doesNotExist();
        }
    }
}
