package io.medley.checkpoint;

import io.medley.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The one place where this package makes tensors. */
final class Tensors {
    private Tensors() {}

    /** A tensor over the buffer; copied first where the elements are not aligned in memory. */
    static Tensor over(ByteBuffer bytes, TensorInfo info) {
        return Tensor.fromBuffer(aligned(bytes, info.dtype().bytes()), info.dtype(), info.shape());
    }

    private static ByteBuffer aligned(ByteBuffer bytes, int unit) {
        if (bytes.isDirect() && bytes.alignmentOffset(0, unit) == 0) {
            return bytes;
        }
        return ByteBuffer.allocateDirect(bytes.remaining())
                .put(bytes.duplicate())
                .flip()
                .order(ByteOrder.LITTLE_ENDIAN);
    }
}
