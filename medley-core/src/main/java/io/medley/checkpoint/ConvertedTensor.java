package io.medley.checkpoint;

import io.medley.tensor.DType;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.nio.ByteBuffer;

/** A tensor of real numbers in another precision, converted when asked for. */
record ConvertedTensor(LazyTensor stored, DType dtype) implements LazyTensor {
    @Override
    public TensorInfo info() {
        return new TensorInfo(dtype, stored.info().shape());
    }

    @Override
    public ByteBuffer bytes() {
        try (Scope scope = Scope.open()) {
            return load().toBuffer();
        }
    }

    @Override
    public Tensor load() {
        return stored.load().to(dtype);
    }
}
