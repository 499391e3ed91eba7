package io.medley.cli;

import io.medley.checkpoint.Checkpoint;
import io.medley.checkpoint.TensorInfo;
import io.medley.tensor.DType;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.Map;
import java.util.Set;

/** A checkpoint whose floating-point tensors are seen in another precision; one tensor is converted at a time. */
record CastCheckpoint(Checkpoint stored, DType type) implements Checkpoint {

    @Override
    public String source() {
        return stored.source();
    }

    @Override
    public Set<String> names() {
        return stored.names();
    }

    @Override
    public TensorInfo info(String name) {
        TensorInfo info = stored.info(name);
        return info.dtype().isFloatingPoint() ? new TensorInfo(type, info.shape()) : info;
    }

    @Override
    public ByteBuffer bytes(String name) {
        if (stored.info(name).dtype() == info(name).dtype()) {
            return stored.bytes(name);
        }
        try (Scope scope = Scope.open();
                Tensor cast = stored.load(name).to(type)) {
            return cast.toBuffer();
        }
    }

    @Override
    public Map<String, String> metadata() {
        return stored.metadata();
    }

    @Override
    public void close() {
        stored.close();
    }
}
