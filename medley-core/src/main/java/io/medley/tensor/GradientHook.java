package io.medley.tensor;

import java.util.function.UnaryOperator;
import org.bytedeco.pytorch.TensorBase;
import org.bytedeco.pytorch.TensorTensorHook;

/** Java code that LibTorch calls with a tensor's gradient during backward; what it returns takes the gradient's place. */
final class GradientHook extends TensorTensorHook {
    private final transient UnaryOperator<Tensor> function;

    private GradientHook(UnaryOperator<Tensor> function) {
        this.function = function;
    }

    /**
     * A hook that scopes do not free: LibTorch keeps only a weak reference to it, so whoever can still run backward must keep it reachable.
     */
    static GradientHook of(UnaryOperator<Tensor> function) {
        Engine.ensureLoaded();
        return Scope.own(new GradientHook(function));
    }

    @Override
    public TensorBase call(TensorBase gradient) {
        try (var scope = Scope.open()) {
            // A reference that ends with this call; the copy shares its memory and counts as an owner.
            var argument = new Tensor(new org.bytedeco.pytorch.Tensor(gradient));
            var result = function.apply(argument);
            return result == argument ? gradient : scope.keep(result).at;
        }
    }
}
