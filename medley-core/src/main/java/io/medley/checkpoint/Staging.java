package io.medley.checkpoint;

import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.nio.ByteBuffer;

/**
 * One buffer through which tensors in memory, renamed or converted ones too, are written, so that writing a model does not hold it twice
 * (direct buffers made one after the other would wait for the garbage collector).
 */
final class Staging {
    private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

    /** As {@link Checkpoint#bytes}, valid until the next call. */
    ByteBuffer bytes(Checkpoint checkpoint, String name) {
        LazyTensor tensor = new LazyTensor.Stored(checkpoint, name);
        while (tensor instanceof LazyTensor.Stored stored && stored.checkpoint() instanceof ViewCheckpoint view) {
            tensor = view.tensor(stored.name());
        }
        boolean inMemory =
                tensor instanceof LazyTensor.Stored stored && stored.checkpoint() instanceof MemoryCheckpoint;
        if (!inMemory && !(tensor instanceof ConvertedTensor)) {
            return tensor.bytes();
        }
        int bytes = Math.toIntExact(tensor.info().bytes());
        if (buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocateDirect(bytes);
        }
        ByteBuffer part = Strided.slice(buffer, 0, bytes);
        try (Scope scope = Scope.open()) {
            Tensor loaded = tensor.load();
            loaded.copyInto(part);
        }
        return part;
    }
}
