package io.medley.checkpoint;

import io.medley.tensor.DType;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a checkpoint holds, for people: {@code medley inspect} prints it.
 *
 * @param tensors in the file's order
 * @param parameters number of elements in all
 * @param bytes of the elements in all
 * @param elementsByType how many elements there are of each type
 * @param values what else the file holds ({@link Checkpoint#value} of the empty path), null where nothing
 */
public record Inventory(
        String source,
        List<Item> tensors,
        long parameters,
        long bytes,
        Map<DType, Long> elementsByType,
        Map<String, String> metadata,
        @Nullable Object values) {
    /** One tensor. */
    public record Item(String name, TensorInfo info) {}

    public static Inventory of(Checkpoint checkpoint) {
        List<Item> items = new ArrayList<>();
        Map<DType, Long> byType = new EnumMap<>(DType.class);
        long parameters = 0;
        long bytes = 0;
        for (String name : checkpoint.names()) {
            TensorInfo info = checkpoint.info(name);
            items.add(new Item(name, info));
            byType.merge(info.dtype(), info.elements(), Long::sum);
            parameters += info.elements();
            bytes += info.bytes();
        }
        return new Inventory(
                checkpoint.source(),
                List.copyOf(items),
                parameters,
                bytes,
                byType,
                checkpoint.metadata(),
                checkpoint.value(""));
    }
}
