package io.medley.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

/** The command as a process of its own: exit statuses and what lands on which stream. */
class ProcessTest {
    @TempDir
    Path home;

    private record Result(int status, String out, String err) {}

    @Test
    void versionGoesToStandardOutput() throws Exception {
        Result result = run(Map.of(), "--version");
        assertThat(result.status()).isZero();
        assertThat(result.out()).startsWith("medley ");
        assertThat(result.err()).isEmpty();
    }

    @Test
    void userErrorsAreStatusTwoAndOneLineOnStandardError() throws Exception {
        Result missing =
                run(Map.of(), "inspect", home.resolve("missing.safetensors").toString());
        assertThat(missing.status()).isEqualTo(2);
        assertThat(missing.out()).isEmpty();
        assertThat(missing.err().strip().lines()).hasSize(1);
        Result debug = run(
                Map.of("MEDLEY_DEBUG", "1"),
                "inspect",
                home.resolve("missing.safetensors").toString());
        assertThat(debug.status()).isEqualTo(2);
        assertThat(debug.err()).contains("\tat ");
    }

    @Test
    void namesThatAreNotAsciiSurvive() throws Exception {
        Result result =
                run(Map.of(), "inspect", home.resolve("größe.safetensors").toString());
        assertThat(result.status()).isEqualTo(2);
    }

    @Test
    @EnabledOnOs(OS.LINUX)
    void aFullDiskIsReported() throws Exception {
        ProcessBuilder builder = new ProcessBuilder(command("models"));
        builder.redirectOutput(new File("/dev/full"));
        Process process = builder.start();
        String err = new String(process.getErrorStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).isEqualTo(2);
        assertThat(err).contains("standard output cannot be written");
    }

    private Result run(Map<String, String> environment, String... args) throws IOException, InterruptedException {
        Path out = home.resolve("out.txt");
        Path err = home.resolve("err.txt");
        ProcessBuilder builder = new ProcessBuilder(command(args));
        builder.environment().putAll(environment);
        builder.redirectOutput(out.toFile()).redirectError(err.toFile());
        Process process = builder.start();
        assertThat(process.waitFor(120, TimeUnit.SECONDS)).isTrue();
        return new Result(
                process.exitValue(),
                Files.readString(out, StandardCharsets.UTF_8),
                Files.readString(err, StandardCharsets.UTF_8));
    }

    private static List<String> command(String... args) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(args));
        return command;
    }
}
