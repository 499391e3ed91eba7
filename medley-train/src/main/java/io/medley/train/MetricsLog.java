package io.medley.train;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import tools.jackson.databind.ObjectMapper;

/** Metrics as JSON lines, one object per line, handed to the operating system as they come. Figures that are not numbers become null. */
final class MetricsLog implements AutoCloseable {
    private final FileChannel channel;
    private final ObjectMapper json = new ObjectMapper();

    /**
     * Continues a file.
     *
     * @param keep bytes of it that stand; what comes after them, from steps that will be taken again, goes
     */
    MetricsLog(Path file, long keep) throws IOException {
        this.channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        channel.truncate(keep);
        channel.position(channel.size());
    }

    void write(Map<String, ?> values) throws IOException {
        var line = new LinkedHashMap<String, Object>();
        values.forEach((name, value) ->
                line.put(name, value instanceof Double number && !Double.isFinite(number) ? null : value));
        var bytes = ByteBuffer.wrap((json.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
        while (bytes.hasRemaining()) {
            channel.write(bytes);
        }
    }

    /** Puts all lines on the disk and returns how many bytes they are. */
    long force() throws IOException {
        channel.force(true);
        return channel.size();
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
