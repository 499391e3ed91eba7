package io.medley.capfilt;

import io.medley.data.Dataset;
import io.medley.data.EncodedImage;
import io.medley.data.Place;
import io.medley.data.Row;
import io.medley.data.Sample;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NoSuchElementException;
import java.util.stream.Stream;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * Pictures that lie about as files, read as if they were shards: a folder, with {@code x.txt} beside {@code x.jpg}, or a JSONL file whose
 * lines name a picture ({@code "image"}, beside the file unless absolute) and may hold a {@code "text"} or {@code "caption"}. A sample's
 * key is its number, since file names need not make keys; the name goes into the metadata as {@code "file"}.
 */
final class ListedPictures implements Dataset.Rows<Sample> {
    private static final List<String> ENDINGS = List.of("jpg", "jpeg", "png", "webp", "gif", "bmp", "tif", "tiff");
    private static final long LARGEST_TEXT = 1 << 20;
    private static final long LARGEST_LIST = 1 << 30;

    private final Path source;
    private final List<String> entries;
    private int next;

    private ListedPictures(Path source, List<String> entries) {
        this.source = source;
        this.entries = entries;
    }

    /** Whether a path is read like this. */
    static boolean isOne(Path path) {
        return Files.isDirectory(path)
                || path.toString().toLowerCase(Locale.ROOT).endsWith(".jsonl");
    }

    static ListedPictures open(Path source) {
        try {
            return new ListedPictures(source, Files.isDirectory(source) ? files(source) : lines(source));
        } catch (IOException e) {
            throw new MedleyException(source + ": cannot be read (" + e + ")", e);
        }
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.filter(path -> ENDINGS.contains(ending(path.toString())) && Files.isRegularFile(path))
                    .map(path -> folder.relativize(path).toString())
                    .sorted()
                    .toList();
        }
    }

    private static List<String> lines(Path file) throws IOException {
        if (Files.size(file) > LARGEST_LIST) {
            throw new MedleyException(file + ": more than 1 GiB; split it");
        }
        var lines = new ArrayList<String>();
        for (var line : new String(Files.readAllBytes(file), StandardCharsets.UTF_8).split("\n", -1)) {
            if (!line.isBlank()) {
                lines.add(line);
            }
        }
        return lines;
    }

    int size() {
        return entries.size();
    }

    @Override
    public boolean hasNext() {
        return next < entries.size();
    }

    @Override
    public long skip(long rows) {
        int skipped = (int) Math.min(rows, entries.size() - next);
        next += skipped;
        return skipped;
    }

    @Override
    public Row<Sample> next() {
        if (!hasNext()) {
            throw new NoSuchElementException(source + ": no more rows");
        }
        var place = new Place(source.toString(), next);
        var key = String.format(Locale.ROOT, "%09d", next);
        var entry = entries.get(next++);
        try {
            return new Row.Good<>(place, key, Files.isDirectory(source) ? file(key, entry) : line(key, entry));
        } catch (IOException e) {
            return new Row.Broken<>(place, key, "cannot be read (" + e + ")");
        } catch (JacksonException e) {
            return new Row.Broken<>(place, key, "its line is not JSON");
        } catch (InvalidPathException | MedleyException e) {
            return new Row.Broken<>(place, key, String.valueOf(e.getMessage()));
        }
    }

    private Sample file(String key, String name) throws IOException {
        var beside = source.resolve(name.substring(0, name.lastIndexOf('.')) + ".txt");
        List<String> texts = List.of();
        if (Files.isRegularFile(beside)) {
            if (Files.size(beside) > LARGEST_TEXT) {
                throw new MedleyException(beside + ": more than " + LARGEST_TEXT + " bytes of text");
            }
            texts = List.of(Files.readString(beside).strip());
        }
        return new Sample(
                key,
                image(source.resolve(name)),
                texts,
                described(name, JsonMapper.shared().createObjectNode()));
    }

    private Sample line(String key, String line) throws IOException {
        if (!(JsonMapper.shared().readTree(line) instanceof ObjectNode json)) {
            throw new MedleyException("its line is not a JSON object");
        }
        var name = json.path("image").asString("");
        if (name.isEmpty()) {
            throw new MedleyException("its line names no picture; give {\"image\": FILE, \"text\": TEXT}");
        }
        if (ShardInputs.isRemote(name)) {
            throw new MedleyException(
                    "its picture is an address, and pictures are not fetched one by one; use img2dataset first");
        }
        var text = json.path("text").asString("").strip();
        var path = source.toAbsolutePath().resolveSibling(name);
        return new Sample(key, image(path), text.isEmpty() ? List.of() : List.of(text), described(name, json));
    }

    private static ObjectNode described(String name, ObjectNode json) {
        return json.put("file", name);
    }

    private static EncodedImage image(Path file) throws IOException {
        var ending = ending(file.toString());
        if (!ENDINGS.contains(ending)) {
            throw new MedleyException(file + ": not a picture by its name; known are " + ENDINGS);
        }
        if (Files.size(file) > PictureDecoder.LIMITS.maxBytes()) {
            throw new MedleyException(file + ": more than " + PictureDecoder.LIMITS.maxBytes() + " bytes");
        }
        return new EncodedImage(ending, Files.readAllBytes(file));
    }

    private static String ending(String name) {
        return name.substring(name.lastIndexOf('.') + 1).toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        // Files are opened and closed row by row.
    }
}
