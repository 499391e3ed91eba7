package io.medley.bench;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.List;
import java.util.function.Consumer;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/**
 * A contender that another program drives, one JSON object per line. It says {@code {"ready":true,"tasks":["medley:enc_b1",…]}}, answers
 * {@code {"cmd":"run","task":T}} with {@code {"task":T,"s":seconds,"cpu_s":processor time of all threads,…}} and {@code {"cmd":"list"}} with its tasks, and ends on
 * {@code {"cmd":"quit"}} or at the end of the input.
 */
public final class Worker {
    private static final String PREFIX = "medley:";
    private static final JsonMapper JSON = JsonMapper.shared();

    private final List<BenchTask> tasks;
    private final Consumer<String> out;

    private Worker(List<BenchTask> tasks, Consumer<String> out) {
        this.tasks = tasks;
        this.out = out;
    }

    /** Serves until told to quit; {@code out} prints a line and flushes it. */
    public static void serve(List<BenchTask> tasks, BufferedReader in, Consumer<String> out) throws IOException {
        var worker = new Worker(tasks, out);
        worker.say(worker.names().put("ready", true));
        for (var line = in.readLine(); line != null; line = in.readLine()) {
            if (!worker.answer(line)) {
                return;
            }
        }
    }

    private boolean answer(String line) {
        JsonNode request;
        try {
            request = JSON.readTree(line);
        } catch (JacksonException e) {
            say(JSON.createObjectNode().put("error", "not a JSON object: " + line));
            return true;
        }
        var command = request.path("cmd").asString("");
        switch (command) {
            case "quit" -> {
                return false;
            }
            case "list" -> say(names());
            case "run" -> say(run(request.path("task").asString("")));
            default -> say(JSON.createObjectNode().put("error", "unknown command: " + command));
        }
        return true;
    }

    private ObjectNode run(String name) {
        var reply = JSON.createObjectNode().put("task", name);
        for (var task : tasks) {
            if (name.equals(PREFIX + task.name())) {
                try {
                    double processor = Machine.ownSeconds();
                    long start = System.nanoTime();
                    task.body().run();
                    reply.put("s", (System.nanoTime() - start) / 1e9).put("cpu_s", Machine.ownSeconds() - processor);
                } catch (RuntimeException e) {
                    return reply.put("error", String.valueOf(e.getMessage())); // the race goes on without this task
                }
                return reply.put("flop", task.flop())
                        .put("items", task.items())
                        .put("peak_rss_mb", Machine.peakMegabytes());
            }
        }
        return reply.put("error", "no such task");
    }

    private ObjectNode names() {
        var object = JSON.createObjectNode();
        var array = object.putArray("tasks");
        tasks.forEach(t -> array.add(PREFIX + t.name()));
        return object;
    }

    private void say(ObjectNode object) {
        out.accept(object.toString());
    }
}
