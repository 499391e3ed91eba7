package io.medley.shards;

import io.medley.tensor.MedleyException;
import java.io.Closeable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code manifest.jsonl} of an output folder: the settings first, then a line for each shard that was finished or given up. As lasting as
 * the storage's {@link Journal}; on this machine each line is on disk before the next shard counts, and no other process opens it meanwhile.
 */
public final class Manifest implements Closeable {
    /** The file's name. */
    public static final String NAME = "manifest.jsonl";

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

    private final Journal journal;
    private final Map<String, Entry> entries = new LinkedHashMap<>();

    private Manifest(Journal journal) {
        this.journal = journal;
    }

    /**
     * Opens the manifest of a folder, or starts one.
     *
     * @throws MedleyException if the folder was begun with other settings, holds something else, or another process works on it
     */
    public static Manifest open(ShardStorage storage, String folder, ShardTask task) throws IOException {
        var names = storage.names(folder);
        if (!names.contains(NAME)) {
            requireNoOthers(names, folder);
        }
        var journal = storage.journal(folder, NAME);
        try {
            var manifest = new Manifest(journal);
            manifest.read(task);
            return manifest;
        } catch (RuntimeException | IOException e) {
            journal.close();
            throw e;
        }
    }

    private static void requireNoOthers(Set<String> names, String folder) {
        for (var name : names) {
            if (name.endsWith(".tar") || name.endsWith(".parquet")) {
                throw new MedleyException(folder + ": holds " + name + " but no " + NAME
                        + ", so it is not from medley; give another --out");
            }
        }
    }

    /** The settings an earlier run wrote its folder with, as JSON. */
    public static JsonNode settings(ShardStorage storage, String folder) throws IOException {
        return parse(folder, lines(storage, folder).get(0)).path("settings");
    }

    /** The shards an earlier run finished, by name. */
    public static Map<String, Entry> finished(ShardStorage storage, String folder) throws IOException {
        var lines = lines(storage, folder);
        var entries = entries(folder, lines);
        entries.values().removeIf(entry -> entry.status() != Status.DONE);
        return entries;
    }

    private static List<String> lines(ShardStorage storage, String folder) throws IOException {
        if (!storage.names(folder).contains(NAME)) {
            throw new MedleyException(folder + ": no " + NAME + "; give the output folder of an earlier run");
        }
        try (var in = storage.read(folder, NAME)) {
            var text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            var lines = text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
            if (lines.isEmpty()) {
                throw new MedleyException(folder + ": its " + NAME + " is empty; start again with another --out");
            }
            return lines;
        }
    }

    private static Map<String, Entry> entries(String where, List<String> lines) {
        var entries = new LinkedHashMap<String, Entry>();
        for (var line : lines.subList(1, lines.size())) {
            var entry = entry(parse(where, line));
            entries.put(entry.input().name(), entry);
        }
        return entries;
    }

    private void read(ShardTask task) throws IOException {
        if (journal.lines().isEmpty()) {
            journal.append(header(task).toString());
            return;
        }
        check(parse(journal.name(), journal.lines().get(0)), task);
        entries.putAll(entries(journal.name(), journal.lines()));
    }

    private void check(JsonNode first, ShardTask task) {
        if (!first.path("hash").asString("").equals(task.hash())) {
            throw new MedleyException(journal.name() + ": was begun with other settings (" + difference(first, task)
                    + "); use the same ones to go on, or give another --out");
        }
    }

    private static String difference(JsonNode first, ShardTask task) {
        if (!first.path("tool").asString("").equals(task.tool())) {
            return "by " + first.path("tool").asString("something else");
        }
        for (var now : task.json().properties()) {
            var then = first.path("settings").path(now.getKey());
            // Numbers read and numbers made differ in type, not in how they are written.
            if (!then.toString().equals(now.getValue().toString())) {
                return now.getKey() + " was " + then + ", is " + now.getValue();
            }
        }
        return "hash " + first.path("hash").asString("missing");
    }

    private static ObjectNode header(ShardTask task) {
        var json = JsonMapper.shared().createObjectNode();
        json.put("tool", task.tool()).put("hash", task.hash());
        json.set("settings", task.json());
        return json;
    }

    private static JsonNode parse(String file, String line) {
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

    /** Adds a line. */
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
        journal.append(json.toString());
        entries.put(entry.input().name(), entry);
    }

    /** Gives the folder free. */
    @Override
    public void close() throws IOException {
        journal.close();
    }
}
