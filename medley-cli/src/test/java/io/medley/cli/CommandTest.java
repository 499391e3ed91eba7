package io.medley.cli;

import io.medley.ModelRegistry;
import io.medley.PublishedModel;
import io.medley.hub.HubCache;
import io.medley.image.ImageFiles;
import io.medley.image.RgbImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Runs commands in this process, on the fake model. */
abstract class CommandTest {
    @TempDir
    Path home;

    final FakeFamily family = new FakeFamily();
    final Map<String, String> environment = new HashMap<>();
    String model = "";

    /** What a run left. */
    record Result(int status, String out, String err) {
        List<String> lines() {
            return out.isEmpty() ? List.of() : List.of(out.split("\n"));
        }

        List<JsonNode> json() {
            return lines().stream()
                    .map(line -> JsonMapper.shared().readTree(line))
                    .toList();
        }
    }

    @BeforeEach
    void fakeModel() throws IOException {
        model = model("model", "fake");
    }

    String model(String directory, String type) throws IOException {
        Path path = home.resolve(directory);
        Files.createDirectories(path);
        Files.writeString(path.resolve("config.json"), "{\"model_type\":\"" + type + "\"}");
        return path.toString();
    }

    Result run(String... args) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int status = Commands.line(session(new Console(out, err, false)), args).execute(args);
        return new Result(status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
    }

    /** The commands without running them. */
    CommandLine commands() {
        return Commands.line(session(new Console(new ByteArrayOutputStream(), new ByteArrayOutputStream(), false)));
    }

    private Session session(Console console) {
        ModelRegistry registry = new ModelRegistry(
                List.of(family),
                List.of("scenes"),
                List.of(new PublishedModel("Salesforce/blip-vqa-base", "answers")),
                new HubCache(home.resolve("hub")));
        return new Session(console, registry, environment);
    }

    String picture(String name, int width, int height) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        byte[] rgb = new byte[width * height * 3];
        for (int i = 0; i < rgb.length; i++) {
            rgb[i] = (byte) (i * 7);
        }
        ImageFiles.writePng(new RgbImage(width, height, rgb), file);
        return file.toString();
    }

    String file(String name, String content) throws IOException {
        Path file = home.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
        return file.toString();
    }
}
