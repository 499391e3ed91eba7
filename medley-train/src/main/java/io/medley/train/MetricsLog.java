package io.medley.train;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import tools.jackson.databind.ObjectMapper;

/** Metrics as JSON lines, one object per line, flushed as they come. */
public final class MetricsLog implements AutoCloseable {
    private final BufferedWriter out;
    private final ObjectMapper json = new ObjectMapper();

    public MetricsLog(Path file) throws IOException {
        this.out = Files.newBufferedWriter(file, StandardCharsets.UTF_8);
    }

    public void write(Map<String, ?> values) throws IOException {
        out.write(json.writeValueAsString(values));
        out.newLine();
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
