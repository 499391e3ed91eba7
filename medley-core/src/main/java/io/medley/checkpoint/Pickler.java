package io.medley.checkpoint;

import io.medley.tensor.DType;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;

/**
 * Writes a tree of plain values and tensors as a pickle of protocol 2, in just the forms {@code torch.load(weights_only=True)} accepts.
 */
final class Pickler {
    private static final int DEEPEST = 100;

    /** A tensor in the tree. */
    record Leaf(Checkpoint checkpoint, String name) {}

    /** A state dict in the tree: {@code collections.OrderedDict} of tensors. */
    record StateDict(Checkpoint checkpoint) {}

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ToIntFunction<Leaf> storages;

    private Pickler(ToIntFunction<Leaf> storages) {
        this.storages = storages;
    }

    /** @param storages gives each tensor the number its storage has in the archive */
    static byte[] write(@Nullable Object tree, ToIntFunction<Leaf> storages) {
        Pickler pickler = new Pickler(storages);
        pickler.bytes(0x80, 2);
        pickler.value(tree, 0);
        pickler.bytes('.');
        return pickler.out.toByteArray();
    }

    private void value(@Nullable Object value, int depth) {
        if (depth > DEEPEST) {
            throw new IllegalArgumentException("a value nested more than " + DEEPEST + " deep");
        }
        if (value == null) {
            bytes('N');
        } else if (value instanceof Boolean b) {
            bytes(b ? 0x88 : 0x89);
        } else if (value instanceof Integer || value instanceof Long) {
            integer(((Number) value).longValue());
        } else if (value instanceof Double || value instanceof Float) {
            bytes('G');
            out.writeBytes(ByteBuffer.allocate(8)
                    .putDouble(((Number) value).doubleValue())
                    .array());
        } else if (value instanceof String s) {
            text(s);
        } else if (value instanceof Leaf leaf) {
            tensor(leaf);
        } else if (value instanceof StateDict dict) {
            global("collections", "OrderedDict");
            bytes(')', 'R', '(');
            for (String name : dict.checkpoint.names()) {
                text(name);
                tensor(new Leaf(dict.checkpoint, name));
            }
            bytes('u');
        } else if (value instanceof Map<?, ?> map) {
            bytes('}', '(');
            map.forEach((k, v) -> {
                value(k, depth + 1);
                value(v, depth + 1);
            });
            bytes('u');
        } else if (value instanceof List<?> list) {
            bytes(']', '(');
            list.forEach(v -> value(v, depth + 1));
            bytes('e');
        } else {
            throw new IllegalArgumentException(
                    "a torch archive cannot hold a " + value.getClass().getName()
                            + "; give tensors, checkpoints, maps, lists, strings, numbers, booleans or null");
        }
    }

    /** {@code torch._utils._rebuild_tensor_v2(storage, 0, shape, strides, False, OrderedDict())}. */
    private void tensor(Leaf leaf) {
        TensorInfo info = leaf.checkpoint.info(leaf.name);
        global("torch._utils", "_rebuild_tensor_v2");
        bytes('(', '(');
        text("storage");
        global("torch", storageClass(info.dtype()));
        text(Integer.toString(storages.applyAsInt(leaf)));
        text("cpu");
        integer(info.elements());
        bytes('t', 'Q', 'K', 0);
        longs(info.shape());
        longs(Strided.rowMajor(info.shape()));
        bytes(0x89);
        global("collections", "OrderedDict");
        bytes(')', 'R', 't', 'R');
    }

    private static String storageClass(DType type) {
        return switch (type) {
            case FLOAT64 -> "DoubleStorage";
            case FLOAT32 -> "FloatStorage";
            case FLOAT16 -> "HalfStorage";
            case BFLOAT16 -> "BFloat16Storage";
            case INT64 -> "LongStorage";
            case INT32 -> "IntStorage";
            case INT16 -> "ShortStorage";
            case INT8 -> "CharStorage";
            case UINT8 -> "ByteStorage";
            case BOOL -> "BoolStorage";
        };
    }

    private void longs(long[] values) {
        bytes('(');
        for (long value : values) {
            integer(value);
        }
        bytes('t');
    }

    private void integer(long value) {
        if (value >= 0 && value < 256) {
            bytes('K', (int) value);
        } else if (value == (int) value) {
            bytes('J');
            int32((int) value);
        } else {
            byte[] bigEndian = BigInteger.valueOf(value).toByteArray();
            bytes(0x8a, bigEndian.length);
            for (int i = bigEndian.length - 1; i >= 0; i--) {
                bytes(bigEndian[i]);
            }
        }
    }

    private void text(String text) {
        byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
        bytes('X');
        int32(utf8.length);
        out.writeBytes(utf8);
    }

    private void global(String module, String name) {
        out.writeBytes(("c" + module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
    }

    private void int32(int value) {
        out.writeBytes(ByteBuffer.allocate(4)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putInt(value)
                .array());
    }

    private void bytes(int... values) {
        for (int value : values) {
            out.write(value);
        }
    }
}
