package io.medley.text;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.stream.StreamSupport;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Reference data computed by the original tokenizers; see the README.md beside it. */
final class Golden {
    private static final JsonMapper JSON = new JsonMapper();

    private Golden() {}

    static Path path(String name) {
        try {
            return Path.of(Objects.requireNonNull(Golden.class.getResource("/reference/" + name), name)
                    .toURI());
        } catch (URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static List<JsonNode> lines(String name) {
        try {
            return Files.readAllLines(path(name)).stream().map(JSON::readTree).toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    static List<JsonNode> array(String name) {
        return items(JSON.readTree(path(name).toFile()));
    }

    static List<JsonNode> items(JsonNode array) {
        return StreamSupport.stream(array.spliterator(), false).toList();
    }

    static int[] ints(JsonNode array) {
        return items(array).stream().mapToInt(JsonNode::asInt).toArray();
    }

    static List<String> strings(JsonNode array) {
        return items(array).stream().map(JsonNode::asString).toList();
    }
}
