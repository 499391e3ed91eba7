package io.medley.model.reference.core;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** JSON lines, and the values in them. */
final class Lines {
    private static final long LARGEST = 64L << 20;

    private Lines() {}

    static List<JsonNode> read(Path file) throws IOException {
        if (Files.size(file) > LARGEST) {
            throw new MedleyException(
                    file + ": " + Files.size(file) + " bytes is too large for reference cases (64 MB)");
        }
        var nodes = new ArrayList<JsonNode>();
        for (var line : Files.readAllLines(file)) {
            if (!line.isBlank()) {
                try {
                    nodes.add(JsonMapper.shared().readTree(line));
                } catch (JacksonException e) {
                    throw new MedleyException(
                            file + ": line " + (nodes.size() + 1) + " is not JSON (" + e.getOriginalMessage() + ")", e);
                }
            }
        }
        return nodes;
    }

    static List<String> strings(JsonNode node) {
        return node.valueStream().map(JsonNode::asString).toList();
    }

    /** Ids as text, so that one comparison serves all. */
    static String ids(int[] ids) {
        return Arrays.toString(ids);
    }

    static String ids(JsonNode node) {
        return Arrays.toString(node.valueStream().mapToInt(JsonNode::asInt).toArray());
    }
}
