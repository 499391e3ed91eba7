package io.medley.capfilt;

import io.medley.tensor.MedleyException;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code manifest.jsonl} of an output folder: the settings first, then a line for each shard that was finished or given up. Lines are
 * forced to disk one by one; a last line that a crash cut short counts as not written. While it is open no other process opens it.
 */
public final class Manifest implements Closeable {
    /** The file's name. */
    public static final String NAME = "manifest.jsonl";

    private static final int LARGEST = 1 << 30;

    /** What became of a shard. */
    public enum Status {
        DONE,
        /** Given up after all attempts; a new run tries again. */
        FAILED
    }

    /**
     * A shard's line.
     *
     * @param attempts how often it was tried
     * @param count rows
     * @param errors rows that could not be used
     * @param error why it was given up, else null
     */
    public record Entry(
            ShardInput input, Status status, int attempts, long count, long errors, @Nullable String error) {}

    private final Path file;
    private final FileChannel channel;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private Manifest(Path file, FileChannel channel) {
        this.file = file;
        this.channel = channel;
    }

    /**
     * Opens the manifest of a folder, or starts one.
     *
     * @throws MedleyException if the folder was begun with other settings, holds something else, or another process works on it
     */
    public static Manifest open(Path folder, CapFiltSettings settings) throws IOException {
        Files.createDirectories(folder);
        var file = folder.resolve(NAME);
        if (!Files.exists(file)) {
            requireEmpty(folder);
        }
        var channel =
                FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            lock(file, channel);
            var manifest = new Manifest(file, channel);
            manifest.read(settings);
            return manifest;
        } catch (RuntimeException | IOException e) {
            channel.close();
            throw e;
        }
    }

    /** The settings an earlier run wrote its folder with, as JSON. */
    public static JsonNode settings(Path folder) throws IOException {
        var file = folder.resolve(NAME);
        if (!Files.isRegularFile(file)) {
            throw new MedleyException(folder + ": no " + NAME + "; give the output folder of an earlier run");
        }
        try (Stream<String> lines = Files.lines(file)) {
            return parse(file, lines.findFirst().orElse("")).path("settings");
        }
    }

    /** The shards an earlier run finished. */
    public static Map<String, Entry> finished(Path folder) throws IOException {
        var entries = new LinkedHashMap<String, Entry>();
        var file = folder.resolve(NAME);
        var lines = Files.readString(file).split("\n", -1);
        for (int i = 1; i < lines.length - 1; i++) {
            var entry = entry(parse(file, lines[i]));
            entries.put(entry.input().name(), entry);
        }
        entries.values().removeIf(entry -> entry.status() != Status.DONE);
        return entries;
    }

    private static void requireEmpty(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            var other = files.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(".tar") || name.endsWith(".parquet"))
                    .findFirst();
            if (other.isPresent()) {
                throw new MedleyException(folder + ": holds " + other.get() + " but no " + NAME
                        + ", so it is not from capfilt; give another --out");
            }
        }
    }

    private static void lock(Path file, FileChannel channel) throws IOException {
        try {
            if (channel.tryLock() == null) {
                throw new MedleyException(
                        file + ": another process is writing here; wait for it, or give another --out");
            }
        } catch (OverlappingFileLockException e) {
            throw new MedleyException(file + ": this process is writing here already; give another --out", e);
        }
    }

    private void read(CapFiltSettings settings) throws IOException {
        if (channel.size() > LARGEST) {
            throw new MedleyException(file + ": " + channel.size() + " bytes is too large for a manifest");
        }
        var text = content();
        // What follows the last line end was being written when a process died.
        int end = text.lastIndexOf('\n') + 1;
        long whole = text.substring(0, end).getBytes(StandardCharsets.UTF_8).length;
        if (whole < channel.size()) {
            channel.truncate(whole);
        }
        channel.position(whole);
        if (end == 0) {
            append(header(settings));
            return;
        }
        var lines = text.substring(0, end).split("\n", -1);
        check(parse(file, lines[0]), settings);
        for (int i = 1; i < lines.length - 1; i++) {
            var entry = entry(parse(file, lines[i]));
            entries.put(entry.input().name(), entry);
        }
    }

    private String content() throws IOException {
        var out = new ByteArrayOutputStream();
        var buffer = ByteBuffer.allocate(1 << 16);
        channel.position(0);
        while (channel.read(buffer) >= 0) {
            out.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
        return out.toString(StandardCharsets.UTF_8);
    }

    private void check(JsonNode first, CapFiltSettings settings) {
        if (!first.path("hash").asString("").equals(settings.hash())) {
            throw new MedleyException(file + ": was begun with other settings (" + difference(first, settings)
                    + "); use the same ones to go on, or give another --out");
        }
    }

    private static String difference(JsonNode first, CapFiltSettings settings) {
        for (var now : settings.json().properties()) {
            var then = first.path("settings").path(now.getKey());
            // Numbers read and numbers made differ in type, not in how they are written.
            if (!then.toString().equals(now.getValue().toString())) {
                return now.getKey() + " was " + then + ", is " + now.getValue();
            }
        }
        return "hash " + first.path("hash").asString("missing");
    }

    private static ObjectNode header(CapFiltSettings settings) {
        var json = JsonMapper.shared().createObjectNode();
        json.put("tool", "medley capfilt").put("hash", settings.hash());
        json.set("settings", settings.json());
        return json;
    }

    private static JsonNode parse(Path file, String line) {
        try {
            return JsonMapper.shared().readTree(line);
        } catch (JacksonException e) {
            throw new MedleyException(
                    file
                            + ": holds a line that is not JSON; the folder was changed by something else, give another --out",
                    e);
        }
    }

    private static Entry entry(JsonNode json) {
        var rows = json.path("rows");
        return new Entry(
                new ShardInput(
                        json.path("shard").asString(""),
                        json.path("source").asString(""),
                        json.path("first").asLong(0),
                        rows.isNumber() ? rows.asLong() : ShardInput.ALL),
                json.path("status").asString("").equals("done") ? Status.DONE : Status.FAILED,
                json.path("attempts").asInt(0),
                json.path("count").asLong(0),
                json.path("errors").asLong(0),
                json.path("error").isString() ? json.path("error").stringValue() : null);
    }

    /** The last line of each shard. */
    public synchronized Map<String, Entry> entries() {
        return Map.copyOf(entries);
    }

    /** Adds a line; it is on disk when this returns. */
    public synchronized void add(Entry entry) throws IOException {
        var json = JsonMapper.shared().createObjectNode();
        json.put("shard", entry.input().name())
                .put("status", entry.status() == Status.DONE ? "done" : "failed")
                .put("source", entry.input().source());
        if (entry.input().rows() != ShardInput.ALL) {
            json.put("first", entry.input().first()).put("rows", entry.input().rows());
        }
        json.put("attempts", entry.attempts()).put("count", entry.count()).put("errors", entry.errors());
        if (entry.error() != null) {
            json.put("error", entry.error());
        }
        append(json);
        entries.put(entry.input().name(), entry);
    }

    private void append(ObjectNode json) throws IOException {
        var bytes = ByteBuffer.wrap((json + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
        channel.force(true);
    }

    /** Gives the folder free. */
    @Override
    public void close() throws IOException {
        channel.close();
    }
}
