package io.medley.checkpoint;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Row-major and strided layouts of elements in a byte buffer. Shapes and strides count elements, as in torch. */
final class Strided {
    private Strided() {}

    /** Product of the sizes; throws {@link ArithmeticException} on overflow (also where a later size is 0). */
    static long elements(long[] shape) {
        boolean empty = false;
        long n = 1;
        for (long size : shape) {
            if (size == 0) {
                empty = true;
            } else {
                n = Math.multiplyExact(n, size);
            }
        }
        return empty ? 0 : n;
    }

    /** Strides of a row-major layout. */
    static long[] rowMajor(long[] shape) {
        long[] strides = new long[shape.length];
        long step = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            strides[i] = step;
            step = Math.multiplyExact(step, Math.max(1, shape[i]));
        }
        return strides;
    }

    /** Whether the elements lie in row-major order without gaps. */
    static boolean isRowMajor(long[] shape, long[] strides) {
        long step = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            if (shape[i] == 0) {
                return true;
            }
            if (shape[i] != 1) {
                if (strides[i] != step) {
                    return false;
                }
                step *= shape[i];
            }
        }
        return true;
    }

    /** Elements from the first to the last one that the layout touches, plus one; 0 when it is empty. */
    static long extent(long[] shape, long[] strides) {
        long last = 0;
        for (int i = 0; i < shape.length; i++) {
            if (shape[i] == 0) {
                return 0;
            }
            last = Math.addExact(last, Math.multiplyExact(shape[i] - 1, strides[i]));
        }
        return Math.addExact(last, 1);
    }

    /** A little-endian view of part of a buffer, without copying. */
    static ByteBuffer slice(ByteBuffer buffer, int offset, int length) {
        return buffer.slice(offset, length).order(ByteOrder.LITTLE_ENDIAN);
    }

    /**
     * The elements in row-major order: a slice of {@code source} where they already lie so, else a direct copy.
     *
     * @param offset first element
     */
    static ByteBuffer gather(ByteBuffer source, int elementBytes, long offset, long[] shape, long[] strides) {
        int bytes = Math.toIntExact(Math.multiplyExact(elements(shape), elementBytes));
        if (bytes == 0) {
            return ByteBuffer.allocateDirect(0).order(ByteOrder.LITTLE_ENDIAN);
        }
        int start = Math.toIntExact(Math.multiplyExact(offset, elementBytes));
        if (isRowMajor(shape, strides)) {
            return slice(source, start, bytes);
        }
        ByteBuffer from = source.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer to = ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
        // The largest row-major tail is copied as one run.
        int tail = shape.length;
        long run = 1;
        while (tail > 0 && (shape[tail - 1] == 1 || strides[tail - 1] == run)) {
            tail--;
            run *= shape[tail];
        }
        long[] index = new long[tail];
        int runBytes = Math.toIntExact(run * elementBytes);
        int position = start;
        while (true) {
            copy(from, position, to, runBytes);
            int d = tail - 1;
            while (d >= 0 && ++index[d] == shape[d]) {
                position -= Math.toIntExact((shape[d] - 1) * strides[d] * elementBytes);
                index[d] = 0;
                d--;
            }
            if (d < 0) {
                return to.flip().order(ByteOrder.LITTLE_ENDIAN);
            }
            position += Math.toIntExact(strides[d] * elementBytes);
        }
    }

    private static void copy(ByteBuffer from, int position, ByteBuffer to, int bytes) {
        switch (bytes) {
            case 1 -> to.put(from.get(position));
            case 2 -> to.putShort(from.getShort(position));
            case 4 -> to.putInt(from.getInt(position));
            case 8 -> to.putLong(from.getLong(position));
            default -> {
                to.put(to.position(), from, position, bytes);
                to.position(to.position() + bytes);
            }
        }
    }
}
