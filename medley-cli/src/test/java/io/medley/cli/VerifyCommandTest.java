package io.medley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class VerifyCommandTest extends CommandTest {
    private static final Path REFERENCE =
            Path.of("..", "medley-models", "src", "test", "resources", "reference", "blip", "itm");

    @Test
    void agreementIsStatusZeroAndEveryCaseALine() {
        Result result = run("verify", REFERENCE.toString());
        assertThat(result.status()).as(result.out()).isZero();
        assertThat(result.lines()).last().asString().matches("\\d+ cases, 0 failed");
        assertThat(result.lines().subList(0, result.lines().size() - 1))
                .hasSizeGreaterThan(10)
                .allMatch(line -> line.matches("\\S+ \\S+ \\S+ ok"));
    }

    @Test
    void oneChangedWeightIsFound() throws IOException {
        Path copy = home.resolve("above/itm");
        Files.createDirectories(copy);
        List<Path> files;
        try (Stream<Path> entries = Files.list(REFERENCE)) {
            files = entries.toList();
        }
        for (Path file : files) {
            Files.copy(file, copy.resolve(file.getFileName()));
        }
        Path weights = copy.resolve("model.safetensors");
        byte[] bytes = Files.readAllBytes(weights);
        for (int i = bytes.length - 400; i < bytes.length; i += 4) {
            bytes[i + 3] ^= (byte) 0x80; // the signs of the last hundred numbers
        }
        Files.write(weights, bytes);
        Result result = run("verify", "--json", home.resolve("above").toString());
        assertThat(result.status()).isEqualTo(1);
        assertThat(result.json())
                .anyMatch(line ->
                        !line.path("ok").asBoolean() && line.path("max_abs").asDouble() > 1e-4);
        assertThat(result.err()).doesNotContain(", 0 failed");
    }
}
