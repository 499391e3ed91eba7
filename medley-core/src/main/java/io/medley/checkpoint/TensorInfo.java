package io.medley.checkpoint;

import io.medley.tensor.DType;
import java.util.Arrays;

/**
 * What is known of a stored tensor without reading it.
 *
 * @param dtype element type
 * @param shape sizes, outermost first; empty for a scalar
 */
public record TensorInfo(DType dtype, long[] shape) {
    public TensorInfo {
        shape = shape.clone();
        for (long size : shape) {
            if (size < 0) {
                throw new IllegalArgumentException("negative size in shape " + Arrays.toString(shape));
            }
        }
    }

    @Override
    public long[] shape() {
        return shape.clone();
    }

    /** Number of elements; throws {@link ArithmeticException} where that exceeds a long. */
    public long elements() {
        return Strided.elements(shape);
    }

    /** Size of the elements in bytes, row-major and without gaps. */
    public long bytes() {
        return Math.multiplyExact(elements(), dtype.bytes());
    }

    @Override
    public boolean equals(Object o) {
        return o instanceof TensorInfo other && dtype == other.dtype && Arrays.equals(shape, other.shape);
    }

    @Override
    public int hashCode() {
        return 31 * dtype.hashCode() + Arrays.hashCode(shape);
    }

    /** For example {@code FLOAT32 [197, 768]}. */
    @Override
    public String toString() {
        return dtype + " " + Arrays.toString(shape);
    }
}
