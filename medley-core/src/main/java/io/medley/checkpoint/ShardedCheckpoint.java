package io.medley.checkpoint;

import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * Tensors spread over several files beside a {@code *.index.json}, which names the file of each: {@code {"metadata": {…}, "weight_map": {name:
 * file}}}. The files must lie in the index's own directory.
 */
final class ShardedCheckpoint implements Checkpoint {
    private static final int MOST_FILES = 4096;

    private final Path index;
    private final Map<String, Checkpoint> byName;
    private final List<Checkpoint> shards;
    private final Map<String, String> metadata;

    private ShardedCheckpoint(
            Path index, Map<String, Checkpoint> byName, List<Checkpoint> shards, Map<String, String> metadata) {
        this.index = index;
        this.byName = Collections.unmodifiableMap(byName);
        this.shards = shards;
        this.metadata = metadata;
    }

    static ShardedCheckpoint open(MappedFile file, Path index) throws IOException {
        if (file.size() > SafetensorsFile.LONGEST_HEADER) {
            throw new MedleyException(index + ": an index of " + file.size() + " bytes; at most "
                    + SafetensorsFile.LONGEST_HEADER + " are accepted");
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        Map<String, String> weightMap = read(index, file.head((int) file.size()), metadata);
        file.close();
        Map<String, Checkpoint> shards = new LinkedHashMap<>();
        try {
            Map<String, Checkpoint> byName = new LinkedHashMap<>();
            for (Map.Entry<String, String> e : weightMap.entrySet()) {
                Checkpoint shard = shards.get(e.getValue());
                if (shard == null) {
                    if (shards.size() == MOST_FILES) {
                        throw new MedleyException(index + ": names more than " + MOST_FILES + " files");
                    }
                    shard = CheckpointFiles.openSingle(beside(index, e.getValue()));
                    shards.put(e.getValue(), shard);
                }
                if (!shard.names().contains(e.getKey())) {
                    throw new MedleyException(index + ": says that " + Quote.of(e.getKey()) + " is in "
                            + Quote.of(e.getValue()) + ", but it is not");
                }
                byName.put(e.getKey(), shard);
            }
            return new ShardedCheckpoint(index, byName, List.copyOf(shards.values()), metadata);
        } catch (IOException | RuntimeException e) {
            shards.values().forEach(Checkpoint::close);
            throw e;
        }
    }

    private static Path beside(Path index, String name) {
        if (name.isEmpty()
                || name.length() > 255
                || name.equals(".")
                || name.equals("..")
                || name.chars().anyMatch(c -> c == '/' || c == '\\' || c == ':' || c < 0x20)) {
            throw new MedleyException(index + ": names the file " + Quote.of(name)
                    + "; shards must be plain file names in the index's own directory");
        }
        return index.resolveSibling(name);
    }

    private static Map<String, String> read(Path index, byte[] json, Map<String, String> metadata) {
        Map<String, String> weightMap = new LinkedHashMap<>();
        boolean found = false;
        try (JsonParser parser = Json.parser(json)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw new MedleyException(index + ": not a sharded index: no JSON object");
            }
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String field = parser.currentName();
                JsonToken value = parser.nextToken();
                if (field.equals("weight_map") && value == JsonToken.START_OBJECT) {
                    found = true;
                    readStrings(parser, weightMap);
                } else if (field.equals("metadata") && value == JsonToken.START_OBJECT) {
                    readStrings(parser, metadata);
                } else {
                    parser.skipChildren();
                }
            }
        } catch (JacksonException e) {
            throw new MedleyException(index + ": not a sharded index: not valid JSON: " + Json.reason(e), e);
        }
        if (!found || weightMap.isEmpty()) {
            throw new MedleyException(index + ": not a sharded index: no 'weight_map'; give weights "
                    + "(safetensors, .pth, .pt, .bin), a *.index.json or a directory that holds one");
        }
        return weightMap;
    }

    private static void readStrings(JsonParser parser, Map<String, String> into) {
        while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
            String key = parser.currentName();
            JsonToken value = parser.nextToken();
            if (value.isScalarValue()) {
                into.put(key, parser.getString());
            } else {
                parser.skipChildren();
            }
        }
    }

    @Override
    public String source() {
        return index.toString();
    }

    @Override
    public Set<String> names() {
        return byName.keySet();
    }

    @Override
    public TensorInfo info(String name) {
        return shard(name).info(name);
    }

    @Override
    public ByteBuffer bytes(String name) {
        return shard(name).bytes(name);
    }

    private Checkpoint shard(String name) {
        Checkpoint shard = byName.get(name);
        if (shard == null) {
            throw Names.unknown(source(), name, byName.keySet());
        }
        return shard;
    }

    @Override
    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }

    @Override
    public void close() {
        shards.forEach(Checkpoint::close);
    }
}
