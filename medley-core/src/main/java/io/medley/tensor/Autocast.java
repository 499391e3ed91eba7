package io.medley.tensor;

import org.jspecify.annotations.Nullable;

/**
 * Mixed precision on the calling thread for a try-with-resources block: linear maps compute in bfloat16, while norms,
 * softmaxes, losses and attention stay in float32, as do the parameters. Worth it on processors with bfloat16 arithmetic (AVX512-BF16, AMX);
 * on others it is slower than float32.
 *
 * <p>This is the facade's own: LibTorch's CPU autocast would put attention and softmax into bfloat16 as well, where they are slow and
 * coarse.
 */
public final class Autocast implements AutoCloseable {
    private static final ThreadLocal<@Nullable Boolean> ON = new ThreadLocal<>();

    private final boolean before;

    private Autocast(boolean on) {
        before = isOn();
        ON.set(on);
    }

    /** Mixed precision until closed, if {@code on}; else plain float32. */
    public static Autocast bfloat16(boolean on) {
        return new Autocast(on);
    }

    /** Whether linear maps on this thread compute in bfloat16 at present. */
    public static boolean isOn() {
        return Boolean.TRUE.equals(ON.get());
    }

    /** The tensor as a linear map should see it. */
    static Tensor low(Tensor t) {
        return isOn() && t.dtype() == DType.FLOAT32 ? t.to(DType.BFLOAT16) : t;
    }

    /** The tensor as a function that needs range and digits should see it. */
    static Tensor full(Tensor t) {
        return isOn() && t.dtype() == DType.BFLOAT16 ? t.to(DType.FLOAT32) : t;
    }

    @Override
    public void close() {
        ON.set(before);
    }
}
