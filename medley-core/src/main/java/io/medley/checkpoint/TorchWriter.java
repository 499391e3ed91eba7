package io.medley.checkpoint;

import io.medley.tensor.Tensor;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes torch zip archives that Python reads with {@code torch.load(path, weights_only=True)}, memory-mapped too. The same content gives the
 * same bytes; one tensor is held in memory at a time; a failure leaves nothing behind.
 *
 * <p>Checked by hand against torch 2.13.0: archives of all ten types, empty and scalar tensors, nested dictionaries and one larger than 4 GiB
 * were loaded with {@code weights_only=True}, with and without {@code mmap=True}, and compared element by element with a safetensors file
 * of the same tensors; {@code Optimizer.load_state_dict} took the integer keys.
 */
public final class TorchWriter {
    private TorchWriter() {}

    /** Writes a state dict: an {@code OrderedDict} of all tensors in the checkpoint's order. */
    public static void write(Path path, Checkpoint stateDict) throws IOException {
        writeTree(path, new Pickler.StateDict(stateDict));
    }

    /**
     * Writes a dictionary such as {@code {"model": state dict, "optimizer": {…}, "epoch": 3}}.
     *
     * @param tree values that are {@link Tensor}s, {@link Checkpoint}s (written as a state dict), {@code Map}s (keys {@code String}, {@code Long} or
     *     {@code Integer}), {@code List}s, strings, whole or real numbers, booleans or null
     * @throws IllegalArgumentException when it holds anything else
     */
    public static void write(Path path, Map<?, ?> tree) throws IOException {
        writeTree(path, prepared(tree));
    }

    /** Tensors become leaves, checkpoints state dicts; the rest stays. */
    private static @Nullable Object prepared(@Nullable Object value) {
        if (value instanceof Tensor tensor) {
            return new Pickler.Leaf(Checkpoint.of(Map.of("tensor", tensor)), "tensor");
        } else if (value instanceof Checkpoint checkpoint) {
            return new Pickler.StateDict(checkpoint);
        } else if (value instanceof Map<?, ?> map) {
            Map<Object, @Nullable Object> result = new LinkedHashMap<>();
            map.forEach((k, v) -> {
                if (!(k instanceof String || k instanceof Long || k instanceof Integer)) {
                    throw new IllegalArgumentException(
                            "a key of a dictionary is " + k + "; give a string or an integer");
                }
                result.put(k, prepared(v));
            });
            return result;
        } else if (value instanceof List<?> list) {
            List<@Nullable Object> result = new ArrayList<>();
            list.forEach(v -> result.add(prepared(v)));
            return result;
        }
        return value;
    }

    private static void writeTree(Path path, @Nullable Object tree) throws IOException {
        List<Pickler.Leaf> storages = new ArrayList<>();
        byte[] pickle = Pickler.write(tree, leaf -> {
            storages.add(leaf);
            return storages.size() - 1;
        });
        try (AtomicFile out = new AtomicFile(path)) {
            StoredZip zip = new StoredZip(out);
            zip.add("archive/data.pkl", ByteBuffer.wrap(pickle));
            zip.add("archive/byteorder", ascii("little"));
            Staging staging = new Staging();
            for (int i = 0; i < storages.size(); i++) {
                Pickler.Leaf leaf = storages.get(i);
                zip.add("archive/data/" + i, staging.bytes(leaf.checkpoint(), leaf.name()));
            }
            zip.add("archive/version", ascii("3\n"));
            zip.finish();
            out.commit();
        }
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
