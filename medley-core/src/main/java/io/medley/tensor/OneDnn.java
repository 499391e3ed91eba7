package io.medley.tensor;

import org.bytedeco.pytorch.Argument;
import org.bytedeco.pytorch.Dispatcher;
import org.bytedeco.pytorch.GenericList;
import org.bytedeco.pytorch.IValue;
import org.bytedeco.pytorch.IValueVector;
import org.bytedeco.pytorch.OperatorHandle;
import org.jspecify.annotations.Nullable;

/** oneDNN's products and convolutions for inference, reached through the dispatcher because LibTorch's C++ interface does not declare them. */
final class OneDnn {
    /** Null where this LibTorch or this processor has none. */
    static final @Nullable OneDnn INSTANCE = find();

    private final OperatorHandle packLinear = operator("mkldnn::_reorder_linear_weight", "");
    private final OperatorHandle linear = operator("mkldnn::_linear_pointwise", "");
    private final OperatorHandle packConvolution = operator("mkldnn::_reorder_convolution_weight", "");
    private final OperatorHandle convolution = operator("mkldnn::_convolution_pointwise", "");
    private final OperatorHandle convolutionSum = operator("mkldnn::_convolution_pointwise", "binary");
    // Lists carry the type of their elements; that of Scalar? cannot be named in Java, so schemas lend theirs.
    private final IValue noScalars = Scope.own(new IValue(listLike(linear, 4)));
    private final IValue none = Scope.own(new IValue("none"));
    private final IValue gelu = Scope.own(new IValue("gelu"));
    private final IValue add = Scope.own(new IValue("add"));
    private final IValue absent = Scope.own(new IValue());
    private final IValue one = Scope.own(new IValue(1L));

    private OneDnn() {}

    private static @Nullable OneDnn find() {
        Engine.ensureLoaded();
        var arch = System.getProperty("os.arch", "");
        if (!arch.equals("amd64") && !arch.equals("x86_64")) {
            return null;
        }
        try {
            return new OneDnn();
        } catch (RuntimeException e) {
            return null; // this LibTorch was built without oneDNN: plain products serve
        }
    }

    private static OperatorHandle operator(String name, String overload) {
        return Scope.own(Dispatcher.singleton().findSchemaOrThrow(name, overload));
    }

    private static GenericList listLike(OperatorHandle operator, int argument) {
        var type = new Argument(operator.schema().arguments().getPointer(argument)).type();
        return new GenericList(type.get().containedType(0));
    }

    /** Where a convolution's windows lie. */
    record Geometry(IValue padding, IValue stride, IValue dilation) {}

    Geometry geometry(int padding, int stride) {
        return new Geometry(pair(padding), pair(stride), pair(1));
    }

    private IValue pair(long value) {
        return Scope.own(new IValue(list(value, value)));
    }

    private GenericList list(long... values) {
        var list = listLike(convolution, 3);
        for (long value : values) {
            list.push_back(new IValue(value));
        }
        return list;
    }

    Tensor packLinear(Tensor weight, long rows) {
        return call(packLinear, new IValue(weight.at), new IValue(rows));
    }

    Tensor linear(IValue x, IValue weight, IValue bias) {
        return call(linear, x, weight, bias, none, noScalars, none);
    }

    Tensor linearGelu(IValue x, IValue weight, IValue bias) {
        return call(linear, x, weight, bias, gelu, noScalars, none);
    }

    /** @param input shape of the pictures for which the layout is chosen; others work too */
    Tensor packConvolution(Tensor weight, Geometry at, long[] input) {
        return call(
                packConvolution,
                new IValue(weight.at),
                at.padding,
                at.stride,
                at.dilation,
                one,
                new IValue(list(input)));
    }

    Tensor convolution(IValue x, IValue weight, IValue bias, Geometry at) {
        return call(convolution, x, weight, bias, at.padding, at.stride, at.dilation, one, none, noScalars, absent);
    }

    /** The convolution of {@code x}, plus {@code other}. */
    Tensor convolutionSum(IValue x, IValue other, IValue weight, IValue bias, Geometry at) {
        return call(
                convolutionSum,
                x,
                other,
                weight,
                bias,
                at.padding,
                at.stride,
                at.dilation,
                one,
                add,
                absent,
                absent,
                noScalars,
                absent);
    }

    // What the stack holds afterwards is a reference; the copy shares the memory and outlives the stack.
    private static Tensor call(OperatorHandle operator, IValue... arguments) {
        try (var stack = new IValueVector(arguments)) {
            operator.callBoxed(stack);
            return new Tensor(new org.bytedeco.pytorch.Tensor(stack.get(0).toTensor()));
        }
    }
}
