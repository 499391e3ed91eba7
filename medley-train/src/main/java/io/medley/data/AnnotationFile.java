package io.medley.data;

import io.medley.tensor.MedleyException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.ObjIntConsumer;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Annotation files, read from front to back: only one entry is in memory at a time. */
final class AnnotationFile {
    private AnnotationFile() {}

    /**
     * Goes through arrays of objects: those at the top level with the given names, or under the name {@code ""} the file's own array.
     *
     * @return the words and numbers at the top level
     */
    static Map<String, String> each(Path file, Set<String> arrays, BiConsumer<String, ObjectNode> row) {
        Map<String, String> values = new HashMap<>();
        try (JsonParser json = DataJson.MAPPER.createParser(file.toFile())) {
            JsonToken first = json.nextToken();
            if (first == JsonToken.START_ARRAY) {
                array(json, "", row);
            } else if (first == JsonToken.START_OBJECT) {
                while (json.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = json.currentName();
                    JsonToken value = json.nextToken();
                    if (value == JsonToken.START_ARRAY && arrays.contains(name)) {
                        array(json, name, row);
                    } else if (value.isScalarValue()) {
                        values.put(name, json.getString());
                    } else {
                        json.skipChildren();
                    }
                }
            }
        } catch (JacksonException e) {
            throw unreadable(file, e);
        }
        return values;
    }

    /** The names at the top level, and {@code ""} if there is an array instead; none where there is neither. */
    static Set<String> names(Path file) {
        Set<String> names = new HashSet<>();
        try (JsonParser json = DataJson.MAPPER.createParser(file.toFile())) {
            JsonToken first = json.nextToken();
            if (first == JsonToken.START_ARRAY) {
                names.add("");
            }
            while (first == JsonToken.START_OBJECT && json.nextToken() == JsonToken.PROPERTY_NAME) {
                names.add(json.currentName());
                json.nextToken();
                json.skipChildren();
            }
        } catch (JacksonException e) {
            throw unreadable(file, e);
        }
        return names;
    }

    private static MedleyException unreadable(Path file, JacksonException e) {
        return new MedleyException(
                file + ": cannot be read as JSON (" + DataJson.reason(e) + "); check the file and its format", e);
    }

    private static void array(JsonParser json, String name, BiConsumer<String, ObjectNode> row) {
        while (json.nextToken() != JsonToken.END_ARRAY) {
            JsonNode node = json.readValueAsTree();
            if (node instanceof ObjectNode object) {
                row.accept(name, object);
            }
        }
    }

    /** Goes through lines that are not empty, numbered from 1. */
    static void lines(Path file, ObjIntConsumer<String> each) {
        try (var lines = new TextLines(file)) {
            while (lines.hasNext()) {
                var line = lines.next();
                if (!line.problem().isEmpty()) {
                    throw new MedleyException(file + " line " + line.number() + ": " + line.problem());
                }
                each.accept(line.text(), line.number());
            }
        }
    }

    /** A member as text; empty if it is missing. */
    static String text(JsonNode node, String name) {
        JsonNode value = node.path(name);
        return value.isValueNode() && !value.isNull() ? value.asString().strip() : "";
    }
}
