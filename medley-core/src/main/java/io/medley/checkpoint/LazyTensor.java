package io.medley.checkpoint;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.List;

/** A tensor that is read, and where needed rearranged, when asked for. */
interface LazyTensor {
    TensorInfo info();

    /** As {@link Checkpoint#bytes}. */
    ByteBuffer bytes();

    /** As {@link Checkpoint#load}. */
    default Tensor load() {
        return Tensors.over(bytes(), info());
    }

    /** A tensor of a checkpoint, as it is. */
    record Stored(Checkpoint checkpoint, String name) implements LazyTensor {
        @Override
        public TensorInfo info() {
            return checkpoint.info(name);
        }

        @Override
        public ByteBuffer bytes() {
            return checkpoint.bytes(name);
        }

        @Override
        public Tensor load() {
            return checkpoint.load(name);
        }
    }

    /** {@code length} entries of one dimension from {@code start}. */
    record Narrowed(LazyTensor whole, int dim, long start, long length) implements LazyTensor {
        @Override
        public TensorInfo info() {
            long[] shape = whole.info().shape();
            shape[dim] = length;
            return new TensorInfo(whole.info().dtype(), shape);
        }

        @Override
        public ByteBuffer bytes() {
            long[] strides = Strided.rowMajor(whole.info().shape());
            int unit = whole.info().dtype().bytes();
            return Strided.gather(whole.bytes(), unit, start * strides[dim], info().shape(), strides);
        }
    }

    /** Two dimensions exchanged. */
    record Transposed(LazyTensor whole, int a, int b) implements LazyTensor {
        @Override
        public TensorInfo info() {
            return new TensorInfo(whole.info().dtype(), swapped(whole.info().shape()));
        }

        @Override
        public ByteBuffer bytes() {
            long[] strides = swapped(Strided.rowMajor(whole.info().shape()));
            return Strided.gather(whole.bytes(), whole.info().dtype().bytes(), 0, info().shape(), strides);
        }

        private long[] swapped(long[] values) {
            long kept = values[a];
            values[a] = values[b];
            values[b] = kept;
            return values;
        }
    }

    /** Several one after the other along a dimension; they agree in type and in all other sizes. */
    record Joined(List<LazyTensor> parts, int dim) implements LazyTensor {
        static Joined of(String name, List<LazyTensor> parts, int dim) {
            TensorInfo first = parts.get(0).info();
            for (LazyTensor part : parts) {
                long[] expected = first.shape();
                long[] found = part.info().shape();
                boolean fits =
                        part.info().dtype() == first.dtype() && found.length == expected.length && dim < found.length;
                if (fits) {
                    expected[dim] = found[dim];
                }
                if (!fits || !Arrays.equals(expected, found)) {
                    throw new MedleyException(Quote.of(name) + ": cannot join " + first + " and " + part.info()
                            + " along dimension " + dim + "; the key map is for other weights");
                }
            }
            return new Joined(parts, dim);
        }

        @Override
        public TensorInfo info() {
            long[] shape = parts.get(0).info().shape();
            shape[dim] = parts.stream().mapToLong(p -> p.info().shape()[dim]).sum();
            return new TensorInfo(parts.get(0).info().dtype(), shape);
        }

        @Override
        public ByteBuffer bytes() {
            TensorInfo info = info();
            long[] shape = info.shape();
            int total = Math.toIntExact(info.bytes());
            ByteBuffer joined = ByteBuffer.allocateDirect(total).order(ByteOrder.LITTLE_ENDIAN);
            int outer = Math.toIntExact(Strided.elements(Arrays.copyOf(shape, dim)));
            if (total == 0) {
                return joined;
            }
            List<ByteBuffer> sources = parts.stream().map(LazyTensor::bytes).toList();
            for (int i = 0; i < outer; i++) {
                for (ByteBuffer source : sources) {
                    int run = source.limit() / outer;
                    joined.put(joined.position(), source, i * run, run);
                    joined.position(joined.position() + run);
                }
            }
            return joined.flip().order(ByteOrder.LITTLE_ENDIAN);
        }
    }
}
