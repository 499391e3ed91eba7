package io.medley.checkpoint;

import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;

/**
 * A safetensors file: eight bytes with the length of a JSON header (little-endian), the header, then the elements.
 *
 * <p>As strict as the reference implementation: offsets must lie inside, in order of position leave neither gap nor overlap, reach the end of
 * the file, and agree with type and shape; keys must not repeat. Any element value is allowed, NaN too.
 *
 * @see <a href="https://github.com/huggingface/safetensors">huggingface/safetensors, format</a>
 */
final class SafetensorsFile implements Checkpoint {
    /** The reference implementation's own limit. */
    static final long LONGEST_HEADER = 100_000_000;

    private static final Map<String, DType> TYPES = Map.of(
            "F64", DType.FLOAT64,
            "F32", DType.FLOAT32,
            "F16", DType.FLOAT16,
            "BF16", DType.BFLOAT16,
            "I64", DType.INT64,
            "I32", DType.INT32,
            "I16", DType.INT16,
            "I8", DType.INT8,
            "U8", DType.UINT8,
            "BOOL", DType.BOOL);

    private record Entry(TensorInfo info, long begin, long end) {}

    private final MappedFile file;
    private final long dataStart;
    private final Map<String, Entry> entries;
    private final Map<String, String> metadata;

    private SafetensorsFile(MappedFile file) {
        this.file = file;
        Header header = new Header(file);
        this.dataStart = header.dataStart;
        this.entries = Collections.unmodifiableMap(header.entries);
        this.metadata = Collections.unmodifiableMap(header.metadata);
    }

    static SafetensorsFile open(MappedFile file) {
        return new SafetensorsFile(file);
    }

    static SafetensorsFile open(Path path) throws IOException {
        MappedFile file = MappedFile.open(path);
        try {
            return new SafetensorsFile(file);
        } catch (RuntimeException e) {
            file.close();
            throw e;
        }
    }

    /** The name the format gives a type. */
    static String nameOf(DType dtype) {
        return TYPES.entrySet().stream()
                .filter(e -> e.getValue() == dtype)
                .map(Map.Entry::getKey)
                .findFirst()
                .orElseThrow();
    }

    /** Whether a file that begins so can be a safetensors file; its length rules out a text that happens to fit. */
    static boolean looksLike(byte[] head, long size) {
        if (head.length < 9 || head[8] != '{') {
            return false;
        }
        long header = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN).getLong();
        // The high bytes of a real length are zero; a text's are not. A lying length is still reported as one.
        return header >= 2 && (header >>> 40) == 0 && size > 8;
    }

    @Override
    public String source() {
        return file.name();
    }

    @Override
    public Set<String> names() {
        return entries.keySet();
    }

    @Override
    public TensorInfo info(String name) {
        return entry(name).info;
    }

    @Override
    public ByteBuffer bytes(String name) {
        Entry entry = entry(name);
        return file.map(dataStart + entry.begin, entry.end - entry.begin);
    }

    private Entry entry(String name) {
        Entry entry = entries.get(name);
        if (entry == null) {
            throw Names.unknown(source(), name, entries.keySet());
        }
        return entry;
    }

    @Override
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public void close() {
        file.close();
    }

    /** Reads and checks the header. */
    private static final class Header {
        private final MappedFile file;
        private final long dataStart;
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private final Map<String, String> metadata = new LinkedHashMap<>();

        Header(MappedFile file) {
            this.file = file;
            if (file.size() < 8) {
                throw bad("only " + file.size() + " bytes long");
            }
            long length = file.map(0, 8).getLong();
            if (length < 0 || length > LONGEST_HEADER) {
                throw bad("its header claims " + Long.toUnsignedString(length) + " bytes; at most " + LONGEST_HEADER
                        + " are accepted");
            }
            if (length > file.size() - 8) {
                throw bad("its header claims " + length + " bytes but the file has " + file.size()
                        + "; it is truncated, fetch it again");
            }
            this.dataStart = 8 + length;
            byte[] json = new byte[(int) length];
            file.map(8, length).get(json);
            try (JsonParser parser = Json.parser(json)) {
                expect(parser.nextToken(), JsonToken.START_OBJECT, "the header");
                while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                    String name = parser.currentName();
                    if (name.equals("__metadata__")) {
                        readMetadata(parser);
                    } else {
                        readEntry(name, parser);
                    }
                }
                if (parser.nextToken() != null) {
                    throw bad("its header goes on after the closing brace");
                }
            } catch (JacksonException e) {
                throw bad("its header is not valid JSON: " + Json.reason(e), e);
            }
            checkLayout();
        }

        private void readMetadata(JsonParser parser) {
            expect(parser.nextToken(), JsonToken.START_OBJECT, "__metadata__");
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String key = parser.currentName();
                expect(parser.nextToken(), JsonToken.VALUE_STRING, "__metadata__ " + Quote.of(key));
                metadata.put(key, parser.getString());
            }
        }

        private void readEntry(String name, JsonParser parser) {
            if (name.isEmpty() || name.length() > Names.LONGEST) {
                throw bad("a tensor's name has " + name.length() + " characters; 1 to " + Names.LONGEST
                        + " are accepted");
            }
            if (entries.size() >= Names.MOST) {
                throw bad("more than " + Names.MOST + " tensors");
            }
            expect(parser.nextToken(), JsonToken.START_OBJECT, Quote.of(name));
            String type = "";
            List<Long> shape = null;
            List<Long> offsets = null;
            while (parser.nextToken() == JsonToken.PROPERTY_NAME) {
                String field = parser.currentName();
                switch (field) {
                    case "dtype" -> {
                        expect(parser.nextToken(), JsonToken.VALUE_STRING, Quote.of(name) + " dtype");
                        type = parser.getString();
                    }
                    case "shape" -> shape = readLongs(parser, name, 32);
                    case "data_offsets" -> offsets = readLongs(parser, name, 2);
                    default -> throw bad(Quote.of(name) + " has the unknown field " + Quote.of(field));
                }
            }
            if (type.isEmpty() || shape == null || offsets == null || offsets.size() != 2) {
                throw bad(Quote.of(name) + " lacks dtype, shape or two data_offsets");
            }
            DType dtype = TYPES.get(type);
            if (dtype == null) {
                throw bad(Quote.of(name) + " has the type " + Quote.of(type) + "; supported are "
                        + String.join(", ", TYPES.keySet().stream().sorted().toList()));
            }
            TensorInfo info = new TensorInfo(
                    dtype, shape.stream().mapToLong(Long::longValue).toArray());
            long begin = offsets.get(0);
            long end = offsets.get(1);
            if (end < begin || end > file.size() - dataStart) {
                throw bad(Quote.of(name) + " is said to lie at bytes " + begin + " to " + end + " of "
                        + (file.size() - dataStart) + "; it is truncated or damaged, fetch it again");
            }
            long bytes;
            try {
                bytes = info.bytes();
            } catch (ArithmeticException e) {
                throw bad(Quote.of(name) + " has the impossible shape " + shape, e);
            }
            if (bytes != end - begin) {
                throw bad(Quote.of(name) + " " + info + " needs " + bytes + " bytes but has " + (end - begin));
            }
            entries.put(name, new Entry(info, begin, end));
        }

        private List<Long> readLongs(JsonParser parser, String name, int most) {
            expect(parser.nextToken(), JsonToken.START_ARRAY, Quote.of(name));
            List<Long> values = new ArrayList<>();
            while (parser.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                long value = parser.getLongValue();
                if (value < 0 || values.size() == most) {
                    throw bad(Quote.of(name) + " has a negative size or offset, or more than " + most + " of them");
                }
                values.add(value);
            }
            expect(parser.currentToken(), JsonToken.END_ARRAY, Quote.of(name));
            return values;
        }

        private void checkLayout() {
            List<Map.Entry<String, Entry>> byPosition = new ArrayList<>(entries.entrySet());
            byPosition.sort(Comparator.comparingLong((Map.Entry<String, Entry> e) -> e.getValue().begin)
                    .thenComparingLong(e -> e.getValue().end));
            long position = 0;
            for (Map.Entry<String, Entry> e : byPosition) {
                long begin = e.getValue().begin;
                if (begin != position) {
                    throw bad(Quote.of(e.getKey()) + " begins at byte " + begin
                            + (begin < position ? ", inside another tensor" : ", after a gap")
                            + "; expected " + position);
                }
                position = e.getValue().end;
            }
            if (position != file.size() - dataStart) {
                throw bad("its tensors end at byte " + position + " of " + (file.size() - dataStart));
            }
        }

        private void expect(JsonToken found, JsonToken expected, String where) {
            if (found != expected) {
                throw bad(where + " should be " + expected + " but is " + found);
            }
        }

        private MedleyException bad(String what) {
            return new MedleyException(file.name() + ": not a sound safetensors file: " + what);
        }

        private MedleyException bad(String what, Throwable cause) {
            return new MedleyException(file.name() + ": not a sound safetensors file: " + what, cause);
        }
    }
}
