package io.medley.tensor;

import java.util.ArrayList;
import java.util.List;
import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.IValue;
import org.jspecify.annotations.Nullable;

/**
 * A linear map whose weight was copied into the blocked layout that oneDNN's kernels read, for inference. The layout serves any number of
 * rows. It records no gradient and does not see later changes of the weight; ask {@link #isCurrent}.
 *
 * <p>Why not MKL's packed products: on AMD's Zen 4 they are no faster than plain ones, while this is 2.0 to 2.5 times faster for the 3 to 10
 * rows of a decoding step and a quarter faster for a single one. For the 577 rows of an image it is a tenth faster than MKL there, but no
 * faster without AVX-512 (Zen 3), and on Intel's processors MKL is ahead; {@link #suits} leaves many rows to MKL on those.
 */
public final class PackedLinear {
    // Beyond this MKL's plain products are as good or better on most processors.
    private static final long FEW_ROWS = 64;

    private final OneDnn engine;
    private final List<Tensor> weights;
    private final long[] versions;
    private final IValue weight;
    private final IValue bias;

    private PackedLinear(OneDnn engine, List<Tensor> weights, Tensor weight, @Nullable Tensor bias) {
        this.engine = engine;
        this.weights = weights;
        this.versions = weights.stream().mapToLong(w -> w.at._version()).toArray();
        this.weight = Scope.own(new IValue(weight.at));
        this.bias = Scope.own(bias == null ? new IValue() : new IValue(bias.at));
    }

    /** Whether packing is possible on this machine at all. */
    public static boolean isAvailable() {
        return OneDnn.INSTANCE != null;
    }

    /** Whether a packed product is right for {@code x} and likely faster: float32, no gradient wanted, not too many rows for it. */
    public static boolean suits(Tensor x) {
        if (OneDnn.INSTANCE == null || Autocast.isOn() || x.dtype() != DType.FLOAT32) {
            return false;
        }
        long rows = x.numel() / Math.max(1, x.size(-1));
        return rows >= 1
                && (rows <= FEW_ROWS || Engine.packsForManyRows())
                && !(x.requiresGrad() && GradMode.is_enabled());
    }

    /**
     * Packs maps of the same input so that one product computes them all, their outputs one after the other.
     *
     * @param weights each (out, in) float32
     * @param biases one per weight, each (out); or empty
     * @throws IllegalStateException when packing is not available
     */
    public static PackedLinear of(List<Tensor> weights, List<Tensor> biases) {
        var engine = OneDnn.INSTANCE;
        if (engine == null) {
            throw new IllegalStateException("PackedLinear: not available on this machine; ask isAvailable() first");
        }
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var detached = new ArrayList<Tensor>();
            weights.forEach(w -> detached.add(w.detach()));
            var joined = detached.size() == 1 ? detached.get(0).contiguous() : Tensor.cat(detached, 0);
            var packed = engine.packLinear(joined, FEW_ROWS);
            var bias = biases.isEmpty() ? null : Tensor.cat(biases, 0).detach();
            return new PackedLinear(engine, List.copyOf(weights), packed, bias);
        } catch (RuntimeException e) {
            throw TensorException.of("PackedLinear.of", e, weights.toArray(Tensor[]::new));
        }
    }

    /** Whether no weight was changed in place since packing. */
    public boolean isCurrent() {
        for (int i = 0; i < versions.length; i++) {
            if (weights.get(i).at._version() != versions[i]) {
                return false;
            }
        }
        return true;
    }

    /** (…, in) → (…, out). */
    public Tensor forward(Tensor x) {
        try (var input = new IValue(x.at)) {
            return engine.linear(input, weight, bias);
        } catch (RuntimeException e) {
            throw TensorException.of("linear", e, x, weights.get(0));
        }
    }

    /** The exact GELU of {@link #forward}, computed while the product is still in the processor's cache. */
    public Tensor gelu(Tensor x) {
        try (var input = new IValue(x.at)) {
            return engine.linearGelu(input, weight, bias);
        } catch (RuntimeException e) {
            throw TensorException.of("linear and gelu", e, x, weights.get(0));
        }
    }
}
