package io.medley.checkpoint;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.core.io.JsonStringEncoder;

/**
 * Writes safetensors files. The same tensors give the same bytes: entries are ordered by element size (largest first, which keeps every tensor
 * aligned) and then by name, as the reference implementation does. One tensor is held in memory at a time.
 */
public final class SafetensorsWriter {
    /** Elements begin at a multiple of this, for the sake of vector loads from the mapped file. */
    private static final int ALIGNMENT = 64;

    private SafetensorsWriter() {}

    /** Writes tensors in memory; see {@link #write(Path, Checkpoint, Map)}. */
    public static void write(Path path, Map<String, Tensor> tensors, Map<String, String> metadata) throws IOException {
        write(path, Checkpoint.of(tensors), metadata);
    }

    /**
     * Writes all tensors of a checkpoint under a temporary name beside {@code path}, then renames, so that a failure leaves nothing behind.
     *
     * @param metadata free text stored with the tensors; readers of the Python library want {@code format} to be {@code pt}
     * @throws MedleyException when a name is unusable
     */
    public static void write(Path path, Checkpoint checkpoint, Map<String, String> metadata) throws IOException {
        List<String> names = new ArrayList<>(checkpoint.names());
        names.sort(Comparator.comparingInt(
                        (String n) -> -checkpoint.info(n).dtype().bytes())
                .thenComparing(Comparator.naturalOrder()));
        byte[] header = header(path, checkpoint, names, metadata);
        try (AtomicFile out = new AtomicFile(path)) {
            out.write(ByteBuffer.allocate(8)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(header.length)
                    .flip());
            out.write(header);
            Staging staging = new Staging();
            for (String name : names) {
                ByteBuffer bytes = staging.bytes(checkpoint, name);
                if (bytes.remaining() != checkpoint.info(name).bytes()) {
                    throw new IllegalStateException(
                            name + ": " + bytes.remaining() + " bytes for " + checkpoint.info(name));
                }
                out.write(bytes);
            }
            out.commit();
        }
    }

    private static byte[] header(Path path, Checkpoint checkpoint, List<String> names, Map<String, String> metadata) {
        StringBuilder json = new StringBuilder("{");
        if (!metadata.isEmpty()) {
            json.append("\"__metadata__\":{");
            new TreeMap<>(metadata)
                    .forEach((k, v) ->
                            json.append(quoted(k)).append(':').append(quoted(v)).append(','));
            json.setCharAt(json.length() - 1, '}');
            json.append(',');
        }
        long position = 0;
        for (String name : names) {
            if (name.isEmpty() || name.length() > Names.LONGEST || name.equals("__metadata__")) {
                throw new MedleyException(
                        path + ": a tensor cannot be named " + Quote.of(name) + " in a safetensors file");
            }
            TensorInfo info = checkpoint.info(name);
            long end = position + info.bytes();
            json.append(quoted(name))
                    .append(":{\"dtype\":\"")
                    .append(SafetensorsFile.nameOf(info.dtype()))
                    .append("\",\"shape\":[");
            long[] shape = info.shape();
            for (int i = 0; i < shape.length; i++) {
                json.append(i > 0 ? "," : "").append(shape[i]);
            }
            json.append("],\"data_offsets\":[")
                    .append(position)
                    .append(',')
                    .append(end)
                    .append("]},");
            position = end;
        }
        if (json.length() > 1) {
            json.setLength(json.length() - 1);
        }
        byte[] text = json.append('}').toString().getBytes(StandardCharsets.UTF_8);
        int padded = (8 + text.length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT - 8;
        if (padded > SafetensorsFile.LONGEST_HEADER) {
            throw new MedleyException(
                    path + ": a header of " + padded + " bytes; the format allows " + SafetensorsFile.LONGEST_HEADER);
        }
        byte[] header = new byte[padded];
        Arrays.fill(header, (byte) ' ');
        System.arraycopy(text, 0, header, 0, text.length);
        return header;
    }

    private static String quoted(String text) {
        return '"' + new String(JsonStringEncoder.getInstance().quoteAsCharArray(text)) + '"';
    }
}
