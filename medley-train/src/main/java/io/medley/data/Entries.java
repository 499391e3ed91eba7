package io.medley.data;

import com.jerolba.carpet.CarpetReader;
import com.jerolba.carpet.CloseableIterator;
import io.medley.data.ImageTexts.Entry;
import io.medley.tensor.MedleyException;
import java.io.Closeable;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MappingIterator;
import tools.jackson.databind.node.ObjectNode;
import tools.jackson.dataformat.csv.CsvMapper;
import tools.jackson.dataformat.csv.CsvSchema;

/** The rows of a list of pictures from front to back, of which only one is in memory: JSON lines, tables, Parquet. */
abstract class Entries implements Iterator<Entry>, Closeable {
    /** Names under which pictures and texts go, the first found counts: those of BLIP and LAVIS, open_clip, img2dataset and LAION. */
    private static final List<String> IMAGE =
            List.of("image", "filepath", "image_path", "file_name", "filename", "path", "url", "URL");

    private static final List<String> TEXT =
            List.of("caption", "captions", "text", "texts", "sentence", "title", "TEXT", "alt_text");
    private static final List<String> KEY = List.of("key", "id", "image_id");

    private static final int DEEPEST = 64;

    private int count;

    /** Number of entries given out. */
    final int count() {
        return count;
    }

    @Override
    public final Entry next() {
        Entry entry = read(count);
        count++;
        return entry;
    }

    /** Passes over an entry that nobody wants to see. */
    final void pass() {
        leave();
        count++;
    }

    void leave() {
        read(count);
    }

    /** Reads entry {@code number}. */
    abstract Entry read(int number);

    @Override
    public abstract void close();

    /** A JSON object a line. */
    static Entries lines(Path file) {
        var lines = new TextLines(file);
        return new Entries() {
            @Override
            public boolean hasNext() {
                return lines.hasNext();
            }

            @Override
            Entry read(int number) {
                return line(lines.next(), number);
            }

            @Override
            public void close() {
                lines.close();
            }
        };
    }

    private static Entry line(TextLines.Line line, int number) {
        String key = "line " + line.number();
        if (!line.problem().isEmpty()) {
            return Entry.broken(key, line.problem());
        }
        try {
            JsonNode node = DataJson.MAPPER.readTree(line.text());
            return node instanceof ObjectNode object
                    ? named(object, number)
                    : Entry.broken(key, "JSON of kind " + DataJson.kind(node) + ", expected an object");
        } catch (JacksonException e) {
            return Entry.broken(key, "no JSON: " + DataJson.reason(e));
        }
    }

    /** A table with a header line, separated by commas, or by tabs if its name ends with {@code .tsv}. */
    static Entries table(Path file) {
        boolean tabs = file.toString().toLowerCase(Locale.ROOT).endsWith(".tsv");
        CsvSchema schema = CsvSchema.emptySchema().withHeader().withColumnSeparator(tabs ? '\t' : ',');
        try {
            MappingIterator<ObjectNode> rows =
                    new CsvMapper().readerFor(ObjectNode.class).with(schema).readValues(file.toFile());
            return new Table(file, rows);
        } catch (JacksonException e) {
            throw Table.unreadable(file, 0, e);
        }
    }

    private static final class Table extends Entries {
        private final Path file;
        private final MappingIterator<ObjectNode> rows;

        Table(Path file, MappingIterator<ObjectNode> rows) {
            this.file = file;
            this.rows = rows;
        }

        private static MedleyException unreadable(Path file, int rows, JacksonException e) {
            return new MedleyException(
                    file + ": cannot be read as a table after " + rows + " rows (" + DataJson.reason(e)
                            + "); check its quotes and its header",
                    e);
        }

        @Override
        public boolean hasNext() {
            try {
                return rows.hasNext();
            } catch (JacksonException e) {
                throw unreadable(file, count(), e);
            }
        }

        @Override
        Entry read(int number) {
            try {
                return named(rows.next(), number);
            } catch (JacksonException e) {
                throw unreadable(file, number, e);
            }
        }

        @Override
        public void close() {
            rows.close();
        }
    }

    /** A Parquet file. */
    static Entries parquet(Path file) {
        try {
            return new Parquet(file, new CarpetReader<>(file.toFile(), Map.class).iterator());
        } catch (RuntimeException e) {
            throw notParquet(file, e);
        }
    }

    @SuppressWarnings("rawtypes") // the library knows rows as Map.class only
    private static final class Parquet extends Entries {
        private final Path file;
        private final CloseableIterator<Map> rows;

        Parquet(Path file, CloseableIterator<Map> rows) {
            this.file = file;
            this.rows = rows;
        }

        @Override
        public boolean hasNext() {
            try {
                return rows.hasNext();
            } catch (RuntimeException e) {
                throw notParquet(file, e);
            }
        }

        @Override
        Entry read(int number) {
            try {
                ObjectNode node = DataJson.MAPPER.valueToTree(rows.next());
                return named(node, number);
            } catch (RuntimeException e) {
                throw notParquet(file, e);
            }
        }

        @Override
        public void close() {
            try {
                rows.close();
            } catch (IOException e) {
                throw notParquet(file, e);
            }
        }
    }

    static MedleyException notParquet(Path file, Exception e) {
        return new MedleyException(
                file + ": cannot be read as Parquet (" + e.getMessage() + "); check that it is whole", e);
    }

    /** Pictures of a folder and all below it, sorted by path, with the whole of {@code x.txt} beside {@code x.jpg} as its text. */
    static Entries tree(Path folder) {
        Iterator<Path> pictures = pictures(folder, DEEPEST).iterator();
        return new Entries() {
            @Override
            public boolean hasNext() {
                return pictures.hasNext();
            }

            @Override
            void leave() {
                pictures.next();
            }

            @Override
            Entry read(int number) {
                return beside(folder, pictures.next(), Stream::of);
            }

            @Override
            public void close() {
                // Files are opened and closed row by row.
            }
        };
    }

    /** Pictures in a folder, sorted by path. */
    static List<Path> pictures(Path folder, int depth) {
        try (Stream<Path> files = Files.find(
                folder,
                depth,
                (file, attributes) -> PictureList.isPicture(file.toString()) && Files.isRegularFile(file))) {
            return files.sorted().toList();
        } catch (IOException | UncheckedIOException e) {
            throw new MedleyException(folder + ": cannot be listed (" + e + "); give a folder of pictures", e);
        }
    }

    /**
     * A picture with the text beside it.
     *
     * @param parts what texts the file's contents are
     */
    static Entry beside(Path folder, Path picture, Function<String, Stream<String>> parts) {
        String name = folder.relativize(picture).toString();
        String key = name.substring(0, name.lastIndexOf('.'));
        Path text = folder.resolve(key + ".txt");
        int limit = ShardOptions.DEFAULT.maxTextBytes();
        try {
            if (!Files.isRegularFile(text)) {
                return Entry.textless(key, name, DataJson.MAPPER.createObjectNode());
            }
            if (Files.size(text) > limit) {
                return Entry.broken(key, "its text has more than " + limit + " bytes");
            }
            List<String> texts = parts.apply(Texts.decode(Files.readAllBytes(text)))
                    .map(String::strip)
                    .toList();
            return entry(key, name, texts, DataJson.MAPPER.createObjectNode());
        } catch (CharacterCodingException e) {
            return Entry.broken(key, "its text is not UTF-8");
        } catch (IOException e) {
            return Entry.broken(key, "its text cannot be read: " + e);
        }
    }

    /** Takes picture, texts and key from whatever they are called. */
    static Entry named(ObjectNode node, int number) {
        String image = first(node, IMAGE);
        List<String> texts = List.of();
        for (int i = 0; i < TEXT.size() && texts.isEmpty(); i++) {
            texts = texts(node.path(TEXT.get(i)));
        }
        String key = first(node, KEY);
        return entry(key.isEmpty() ? String.valueOf(number) : key, image, texts, node);
    }

    private static String first(ObjectNode node, List<String> names) {
        return names.stream()
                .map(name -> AnnotationFile.text(node, name))
                .filter(text -> !text.isEmpty())
                .findFirst()
                .orElse("");
    }

    private static List<String> texts(JsonNode node) {
        List<String> texts = new ArrayList<>();
        if (node.isArray()) {
            node.forEach(one -> texts.add(one.asString("").strip()));
        } else if (node.isString()) {
            texts.add(node.asString().strip());
        }
        return texts;
    }

    /** An entry, broken without a picture, textless where all texts are empty. */
    static Entry entry(String key, String image, List<String> texts, ObjectNode metadata) {
        List<String> said = texts.stream().filter(text -> !text.isEmpty()).toList();
        if (image.isEmpty()) {
            return new Entry(key, "", said, metadata, "names no picture (in " + String.join(", ", IMAGE) + ")");
        }
        return said.isEmpty() ? Entry.textless(key, image, metadata) : new Entry(key, image, said, metadata, "");
    }
}
