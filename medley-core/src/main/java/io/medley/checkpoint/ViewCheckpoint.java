package io.medley.checkpoint;

import io.medley.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Collections;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Tensors made lazily from those of another checkpoint, whose other contents it shows unchanged. Closing it closes that one. */
final class ViewCheckpoint implements Checkpoint {
    private final Checkpoint base;
    private final Map<String, LazyTensor> tensors;

    ViewCheckpoint(Checkpoint base, Map<String, LazyTensor> tensors) {
        this.base = base;
        this.tensors = Collections.unmodifiableMap(tensors);
    }

    @Override
    public String source() {
        return base.source();
    }

    @Override
    public Set<String> names() {
        return tensors.keySet();
    }

    @Override
    public TensorInfo info(String name) {
        return tensor(name).info();
    }

    @Override
    public ByteBuffer bytes(String name) {
        return tensor(name).bytes();
    }

    @Override
    public Tensor load(String name) {
        return tensor(name).load();
    }

    LazyTensor tensor(String name) {
        LazyTensor tensor = tensors.get(name);
        if (tensor == null) {
            throw Names.unknown(source(), name, tensors.keySet());
        }
        return tensor;
    }

    @Override
    public Map<String, String> metadata() {
        return base.metadata();
    }

    @Override
    public @Nullable Object value(String path) {
        return base.value(path);
    }

    @Override
    public void close() {
        base.close();
    }
}
