package io.medley.cli;

import io.medley.checkpoint.SafetensorsWriter;
import io.medley.task.EmbeddingSpace;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** Writes vectors in the formats others read. */
enum VectorFile {
    /** NumPy, float32 (N, D), and beside it a text file with one input per line, since the format holds no names. */
    NPY(".npy") {
        @Override
        void write(Path file, EmbeddingSpace space, List<String> names, List<float[]> vectors) throws IOException {
            OutputFile.write(file, out -> {
                OutputStream buffered = new BufferedOutputStream(out, 1 << 16);
                buffered.write(npyHeader(vectors.size(), space.dimension()));
                for (float[] vector : vectors) {
                    buffered.write(littleEndian(vector));
                }
                buffered.flush();
            });
            OutputFile.write(
                    file.resolveSibling(file.getFileName() + ".txt"),
                    (String.join("\n", names) + "\n").getBytes(StandardCharsets.UTF_8));
        }
    },

    /** safetensors: tensor {@code embeddings} (N, D), the inputs as a JSON list in the metadata. */
    SAFETENSORS(".safetensors") {
        @Override
        void write(Path file, EmbeddingSpace space, List<String> names, List<float[]> vectors) throws IOException {
            float[] all = new float[Math.multiplyExact(vectors.size(), space.dimension())];
            for (int i = 0; i < vectors.size(); i++) {
                System.arraycopy(vectors.get(i), 0, all, i * space.dimension(), space.dimension());
            }
            try (Scope scope = Scope.open();
                    Tensor embeddings = Tensor.of(all, vectors.size(), space.dimension())) {
                SafetensorsWriter.write(
                        file,
                        Map.of("embeddings", embeddings),
                        Map.of(
                                "inputs", JsonMapper.shared().writeValueAsString(names),
                                "space", space.name(),
                                "normalised", Boolean.toString(space.normalised())));
            }
        }
    },

    /** One JSON object per line: {@code {"input": …, "space": …, "embedding": […]}}. */
    JSONL(".jsonl") {
        @Override
        void write(Path file, EmbeddingSpace space, List<String> names, List<float[]> vectors) throws IOException {
            OutputFile.write(file, out -> {
                OutputStream buffered = new BufferedOutputStream(out, 1 << 16);
                for (int i = 0; i < vectors.size(); i++) {
                    ObjectNode line = Json.object().put("input", names.get(i)).put("space", space.name());
                    ArrayNode numbers = line.putArray("embedding");
                    for (float value : vectors.get(i)) {
                        numbers.add(value);
                    }
                    buffered.write((line + "\n").getBytes(StandardCharsets.UTF_8));
                }
                buffered.flush();
            });
        }
    };

    private final String ending;

    VectorFile(String ending) {
        this.ending = ending;
    }

    /** Writes row i of {@code vectors} as the vector of {@code names.get(i)}. */
    abstract void write(Path file, EmbeddingSpace space, List<String> names, List<float[]> vectors) throws IOException;

    /** By the file's ending. */
    static VectorFile of(Path file) {
        String name = file.toString().toLowerCase(Locale.ROOT);
        for (VectorFile format : values()) {
            if (name.endsWith(format.ending)) {
                return format;
            }
        }
        throw new MedleyException(file + ": unknown format of vectors; end the name in .npy, .safetensors or .jsonl");
    }

    /** NumPy's format, version 1.0: magic, length, a Python dictionary padded to a multiple of 64 bytes. */
    private static byte[] npyHeader(int rows, int columns) {
        String text = "{'descr': '<f4', 'fortran_order': False, 'shape': (" + rows + ", " + columns + "), }";
        int length = (10 + text.length() + 1 + 63) / 64 * 64 - 10;
        ByteBuffer header = ByteBuffer.allocate(10 + length).order(ByteOrder.LITTLE_ENDIAN);
        header.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0}).putShort((short) length);
        header.put(text.getBytes(StandardCharsets.US_ASCII));
        while (header.remaining() > 1) {
            header.put((byte) ' ');
        }
        return header.put((byte) '\n').array();
    }

    private static byte[] littleEndian(float[] vector) {
        ByteBuffer bytes = ByteBuffer.allocate(vector.length * Float.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        bytes.asFloatBuffer().put(vector);
        return bytes.array();
    }
}
