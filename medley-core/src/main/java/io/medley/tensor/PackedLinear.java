package io.medley.tensor;

import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.IValue;
import org.jspecify.annotations.Nullable;

/**
 * A linear map by oneDNN, for inference: either on a copy of its weight in the blocked layout that oneDNN's kernels read, which serves any
 * number of rows and does not see later changes of the weight (ask {@link #isCurrent}), or {@linkplain #unpacked on the weight itself}.
 * It records no gradient.
 *
 * <p>Why not MKL: for the 3 to 10 rows of a decoding step this is 2.0 to 2.5 times as fast on AMD's Zen 3 and Zen 4, packed or not by MKL. For
 * a single row it is half as fast again, and needs no packing: MKL reads the weight with one thread, oneDNN with all. For the 577 rows of an image it
 * is a tenth faster on Zen 4, no faster without AVX-512 (Zen 3), and on Intel's processors MKL is ahead; {@link #suits} leaves many rows to MKL
 * on those.
 */
public final class PackedLinear {
    // Beyond this MKL's plain products are as good or better on most processors.
    private static final long FEW_ROWS = 64;

    private final OneDnn engine;
    private final Tensor original;
    private final boolean copied;
    private final long version;
    private final IValue weight;
    private final IValue bias;

    private PackedLinear(OneDnn engine, Tensor original, @Nullable Tensor packed, @Nullable Tensor bias) {
        this.engine = engine;
        this.original = original;
        this.copied = packed != null;
        this.version = original.at._version();
        this.weight = Scope.own(new IValue((packed == null ? original : packed).at));
        this.bias = Scope.own(bias == null ? new IValue() : new IValue(bias.at));
    }

    /** Whether this machine has what this class needs. */
    public static boolean isAvailable() {
        return OneDnn.INSTANCE != null;
    }

    /** Whether such a product is right for {@code x} and likely faster: float32, no gradient wanted, not too many rows for it. */
    public static boolean suits(Tensor x) {
        if (OneDnn.INSTANCE == null || Autocast.isOn() || x.dtype() != DType.FLOAT32) {
            return false;
        }
        long rows = x.numel() / Math.max(1, x.size(-1));
        return rows >= 1
                && (rows <= FEW_ROWS || Engine.packsForManyRows())
                && !(x.requiresGrad() && GradMode.is_enabled());
    }

    private static OneDnn engine() {
        var engine = OneDnn.INSTANCE;
        if (engine == null) {
            throw new IllegalStateException("PackedLinear: not available on this machine; ask isAvailable() first");
        }
        return engine;
    }

    /**
     * Packs a copy of the weight.
     *
     * @param weight (out, in) float32
     * @param bias (out)
     * @throws IllegalStateException when oneDNN is not available
     */
    public static PackedLinear of(Tensor weight, @Nullable Tensor bias) {
        var engine = engine();
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var packed = engine.packLinear(weight.detach().contiguous(), FEW_ROWS);
            return new PackedLinear(engine, weight, packed, bias);
        } catch (RuntimeException e) {
            throw TensorException.of("PackedLinear.of", e, weight);
        }
    }

    /** As {@link #of}, but on the weight as it is; for single rows, for which packing gains nothing. */
    public static PackedLinear unpacked(Tensor weight, @Nullable Tensor bias) {
        return new PackedLinear(engine(), weight, null, bias);
    }

    /** Whether the weight was not changed in place since it was copied. */
    public boolean isCurrent() {
        return !copied || original.at._version() == version;
    }

    /** (…, in) → (…, out). */
    public Tensor forward(Tensor x) {
        try (var input = new IValue(x.at)) {
            return engine.linear(input, weight, bias);
        } catch (RuntimeException e) {
            throw TensorException.of("linear", e, x, original);
        }
    }

    /** The exact GELU of {@link #forward}, computed while the product is still in the processor's cache. */
    public Tensor gelu(Tensor x) {
        try (var input = new IValue(x.at)) {
            return engine.linearGelu(input, weight, bias);
        } catch (RuntimeException e) {
            throw TensorException.of("linear and gelu", e, x, original);
        }
    }
}
