package io.medley.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** One buffer through which tensors in memory are written, so that writing a model does not hold it twice. */
final class Staging {
    private ByteBuffer buffer = ByteBuffer.allocateDirect(0);

    /** As {@link Checkpoint#bytes}, valid until the next call. */
    ByteBuffer bytes(Checkpoint checkpoint, String name) {
        if (!(checkpoint instanceof MemoryCheckpoint memory)) {
            return checkpoint.bytes(name);
        }
        int bytes = Math.toIntExact(memory.info(name).bytes());
        if (buffer.capacity() < bytes) {
            buffer = ByteBuffer.allocateDirect(bytes);
        }
        ByteBuffer part = Strided.slice(buffer, 0, bytes).order(ByteOrder.LITTLE_ENDIAN);
        memory.copyInto(name, part);
        return part;
    }
}
