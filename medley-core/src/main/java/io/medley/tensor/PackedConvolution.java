package io.medley.tensor;

import org.bytedeco.pytorch.GradMode;
import org.bytedeco.pytorch.IValue;
import org.jspecify.annotations.Nullable;

/**
 * A convolution whose weight was copied into the blocked layout that oneDNN's kernels read, for inference: a plain one copies it there at
 * every call. It records no gradient and does not see later changes of the weight; ask {@link #isCurrent}.
 */
public final class PackedConvolution {
    private final OneDnn engine;
    private final Tensor original;
    private final long version;
    private final IValue weight;
    private final IValue bias;
    private final OneDnn.Geometry geometry;

    private PackedConvolution(
            OneDnn engine, Tensor original, Tensor packed, @Nullable Tensor bias, OneDnn.Geometry geometry) {
        this.engine = engine;
        this.original = original;
        this.version = original.at._version();
        this.weight = Scope.own(new IValue(packed.at));
        this.bias = Scope.own(bias == null ? new IValue() : new IValue(bias.detach().at));
        this.geometry = geometry;
    }

    /** Whether {@code x} can be convolved so: oneDNN is there, channels of a pixel lie side by side, float32, no gradient wanted. */
    public static boolean suits(Tensor x) {
        return OneDnn.INSTANCE != null
                && !Autocast.isOn()
                && x.dtype() == DType.FLOAT32
                && x.isChannelsLast()
                && !(x.requiresGrad() && GradMode.is_enabled());
    }

    /**
     * Packs a weight.
     *
     * @param weight (out, in, k, k) float32
     * @param bias (out)
     * @param input shape of the pictures to come; other ones work too, more slowly
     * @throws IllegalStateException when packing is not available
     */
    public static PackedConvolution of(Tensor weight, @Nullable Tensor bias, int stride, int padding, long... input) {
        var engine = OneDnn.INSTANCE;
        if (engine == null) {
            throw new IllegalStateException("PackedConvolution: not available on this machine; ask suits() first");
        }
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var geometry = engine.geometry(padding, stride);
            var packed = engine.packConvolution(weight.detach().channelsLast(), geometry, input);
            return new PackedConvolution(engine, weight, packed, bias, geometry);
        } catch (RuntimeException e) {
            throw TensorException.of("PackedConvolution.of", e, weight);
        }
    }

    /** Whether the weight was not changed in place since packing. */
    public boolean isCurrent() {
        return original.at._version() == version;
    }

    /** (B, in, H, W) → (B, out, H', W'), channels side by side. */
    public Tensor forward(Tensor x) {
        try (var input = new IValue(x.at)) {
            return engine.convolution(input, weight, bias, geometry);
        } catch (RuntimeException e) {
            throw TensorException.of("conv2d", e, x, original);
        }
    }

    /** {@code other} plus {@link #forward}, added while the result is still in the processor's cache; other has the shape of the result. */
    public Tensor plus(Tensor other, Tensor x) {
        try (var input = new IValue(x.at);
                var addend = new IValue(other.at)) {
            return engine.convolutionSum(input, addend, weight, bias, geometry);
        } catch (RuntimeException e) {
            throw TensorException.of("conv2d and sum", e, x, original);
        }
    }
}
