package io.medley.checkpoint;

import io.medley.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;

/** Tensors in memory seen as a checkpoint. */
final class MemoryCheckpoint implements Checkpoint {
    private final Map<String, Tensor> tensors;
    private final Map<String, String> metadata;

    MemoryCheckpoint(Map<String, Tensor> tensors, Map<String, String> metadata) {
        this.tensors = Collections.unmodifiableMap(new LinkedHashMap<>(tensors));
        this.metadata = Map.copyOf(metadata);
    }

    @Override
    public String source() {
        return "tensors in memory";
    }

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public TensorInfo info(String name) {
        Tensor tensor = get(name);
        return new TensorInfo(tensor.dtype(), tensor.shape());
    }

    @Override
    public ByteBuffer bytes(String name) {
        return get(name).toBuffer();
    }

    @Override
    public Tensor load(String name) {
        return get(name);
    }

    private Tensor get(String name) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw Names.unknown(source(), name, tensors.keySet());
        }
        return tensor;
    }

    @Override
    public Map<String, String> metadata() {
        return metadata;
    }

    @Override
    public void close() {}
}
