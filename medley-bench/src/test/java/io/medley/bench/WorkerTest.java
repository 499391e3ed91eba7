package io.medley.bench;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.StringReader;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.json.JsonMapper;

class WorkerTest {
    private final AtomicInteger runs = new AtomicInteger();
    private final List<BenchTask> tasks = List.of(
            new BenchTask("good", runs::incrementAndGet, 5, 1),
            new BenchTask(
                    "bad",
                    () -> {
                        throw new IllegalStateException("broken");
                    },
                    0,
                    1));

    private String[] talk(String... lines) throws IOException {
        var said = new ArrayList<String>();
        Worker.serve(tasks, new BufferedReader(new StringReader(String.join("\n", lines))), said::add);
        return said.toArray(String[]::new);
    }

    @Test
    void speaksTheProtocol() throws IOException {
        var answers = talk(
                "{\"cmd\":\"run\",\"task\":\"medley:good\"}",
                "{\"cmd\":\"run\",\"task\":\"medley:bad\"}",
                "{\"cmd\":\"run\",\"task\":\"medley:other\"}",
                "nonsense",
                "{\"cmd\":\"list\"}",
                "{\"cmd\":\"quit\"}",
                "{\"cmd\":\"run\",\"task\":\"medley:good\"}");
        assertThat(answers).hasSize(6);
        assertThat(answers[0]).contains("\"ready\":true").contains("[\"medley:good\",\"medley:bad\"]");
        var good = JsonMapper.shared().readTree(answers[1]);
        assertThat(good.get("task").asString()).isEqualTo("medley:good");
        assertThat(good.get("s").asDouble()).isPositive();
        assertThat(answers[2]).contains("broken");
        assertThat(answers[3]).contains("no such task");
        assertThat(answers[4]).contains("not a JSON object");
        assertThat(answers[5]).isEqualTo("{\"tasks\":[\"medley:good\",\"medley:bad\"]}");
        assertThat(runs).hasValue(1);
    }
}
