package io.medley.image;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The tensors of a reference directory; small enough to be read whole. */
final class Golden {
    private final String directory;
    private final JsonNode header;
    private final ByteBuffer data;

    Golden(String directory) {
        this.directory = "/reference/" + directory + "/";
        ByteBuffer file = ByteBuffer.wrap(bytes("cases.safetensors")).order(ByteOrder.LITTLE_ENDIAN);
        int length = (int) file.getLong(0);
        header = JsonMapper.shared().readTree(new String(file.array(), 8, length, StandardCharsets.UTF_8));
        data = file.slice(8 + length, file.capacity() - 8 - length).order(ByteOrder.LITTLE_ENDIAN);
    }

    byte[] bytes(String file) {
        try (InputStream in = Golden.class.getResourceAsStream(directory + file)) {
            if (in == null) {
                throw new IllegalStateException("missing test resource " + directory + file);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    JsonNode cases() {
        return JsonMapper.shared().readTree(bytes("cases.json"));
    }

    int[] shape(String key) {
        JsonNode shape = header.get(key).get("shape");
        int[] out = new int[shape.size()];
        for (int i = 0; i < out.length; i++) {
            out[i] = shape.get(i).intValue();
        }
        return out;
    }

    byte[] uint8(String key) {
        ByteBuffer slice = slice(key, "U8");
        byte[] out = new byte[slice.remaining()];
        slice.get(out);
        return out;
    }

    RgbImage image(String key) {
        int[] shape = shape(key);
        return new RgbImage(shape[1], shape[0], uint8(key));
    }

    float[] floats(String key) {
        ByteBuffer slice = slice(key, "F32");
        float[] out = new float[slice.remaining() / 4];
        slice.asFloatBuffer().get(out);
        return out;
    }

    double[] doubles(String key) {
        ByteBuffer slice = slice(key, "F64");
        double[] out = new double[slice.remaining() / 8];
        slice.asDoubleBuffer().get(out);
        return out;
    }

    long[] longs(String key) {
        ByteBuffer slice = slice(key, "I64");
        long[] out = new long[slice.remaining() / 8];
        slice.asLongBuffer().get(out);
        return out;
    }

    private ByteBuffer slice(String key, String type) {
        JsonNode entry = header.get(key);
        if (entry == null || !entry.get("dtype").stringValue().equals(type)) {
            throw new IllegalArgumentException(key + " is not a " + type + " of " + directory);
        }
        int from = entry.get("data_offsets").get(0).intValue();
        int to = entry.get("data_offsets").get(1).intValue();
        return data.slice(from, to - from).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** Largest difference of two pictures of one size, in levels. */
    static int distance(RgbImage a, RgbImage b) {
        if (a.width() != b.width() || a.height() != b.height()) {
            throw new AssertionError(a + " against " + b);
        }
        int max = 0;
        for (int i = 0; i < a.rgb().length; i++) {
            max = Math.max(max, Math.abs((a.rgb()[i] & 0xff) - (b.rgb()[i] & 0xff)));
        }
        return max;
    }

    static float distance(float[] a, float[] b) {
        if (a.length != b.length) {
            throw new AssertionError(a.length + " values against " + b.length);
        }
        float max = 0;
        for (int i = 0; i < a.length; i++) {
            float d = Math.abs(a[i] - b[i]);
            if (!(d <= max)) {
                max = d;
            }
        }
        return max;
    }
}
