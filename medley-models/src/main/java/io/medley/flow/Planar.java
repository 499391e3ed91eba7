package io.medley.flow;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.DType;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * z + û·h(wᵀz + b) on (B, D), which bends space along one direction (Rezende and Mohamed, 2015); normflows' {@code Planar}. û is u moved
 * along w so that wᵀû > −1, without which the map would fold.
 *
 * <p>With h = tanh there is no closed inverse. It is still one equation in one unknown, l + wᵀû·tanh(l) = wᵀy + b with increasing left
 * side: halving finds l to the last bit of float64, and one Newton step carries its gradient.
 */
public final class Planar implements Bijector {
    /** The functions h. */
    public enum Activation {
        TANH,
        /** Slope 0.2 below zero. */
        LEAKY_RELU
    }

    private static final double LEAK = 0.2;
    private static final int HALVINGS = 60;
    /** Where the bends of standard normal noise are wanted. */
    private static final double REACH = 2;

    private final Activation activation;
    private final Tensor u; // (1, D)
    private final Tensor w; // (1, D)
    private final Tensor b; // (1)

    public Planar(Weights weights, int features, Activation activation) {
        this.activation = activation;
        this.u = weights.parameter("u", Init.uniform(Math.sqrt(2)), 1, features);
        this.w = weights.parameter("w", Init.uniform(Math.sqrt(2.0 / features)), 1, features);
        // normflows starts at 0, so that all maps bend along lines through the origin and many take the same place.
        this.b = weights.parameter("b", Init.uniform(REACH), 1);
    }

    @Override
    public Mapped forward(Tensor x, @Nullable Tensor context) {
        var direction = direction();
        var line = w.mul(x).sum(1, true).add(b); // (B, 1)
        var stretch = w.mul(direction).sum().mul(slope(line)).add(1); // (B, 1)
        return Mapped.elementwise(x.add(direction.mul(bend(line))), stretch.log());
    }

    @Override
    public Mapped inverse(Tensor y, @Nullable Tensor context) {
        var direction = direction();
        var reach = w.mul(direction).sum();
        var target = w.mul(y).sum(1, true).add(b); // (B, 1)
        var line = activation == Activation.TANH ? solve(target, reach) : unbend(target, reach);
        var stretch = reach.mul(slope(line)).add(1);
        return Mapped.elementwise(
                y.sub(direction.mul(bend(line))), stretch.log().neg());
    }

    /** û (1, D). */
    private Tensor direction() {
        var inner = w.mul(u).sum();
        var missing = inner.softplus().sub(1).sub(inner);
        return u.add(w.mul(missing.div(w.mul(w).sum())));
    }

    private Tensor bend(Tensor line) {
        return activation == Activation.TANH ? line.tanh() : line.leakyRelu(LEAK);
    }

    private Tensor slope(Tensor line) {
        if (activation == Activation.TANH) {
            var t = line.tanh();
            return t.mul(t).neg().add(1);
        }
        return line.lt(0).to(line.dtype()).mul(LEAK - 1).add(1);
    }

    /** l with l + reach·leakyRelu(l) = target: the slope is positive, so l has the sign of the target. */
    private Tensor unbend(Tensor target, Tensor reach) {
        return target.div(reach.mul(slope(target)).add(1));
    }

    /** l with l + reach·tanh(l) = target, which lies within |reach| of the target. */
    private Tensor solve(Tensor target, Tensor reach) {
        var found = halve(target, reach);
        var t = found.tanh();
        var miss = found.add(reach.mul(t)).sub(target);
        return found.sub(miss.div(reach.mul(t.mul(t).neg().add(1)).add(1)));
    }

    private static Tensor halve(Tensor target, Tensor reach) {
        try (var off = NoGrad.open()) {
            var wanted = target.to(DType.FLOAT64);
            var factor = reach.to(DType.FLOAT64);
            var low = wanted.sub(factor.abs());
            var high = wanted.add(factor.abs());
            for (int i = 0; i < HALVINGS; i++) {
                var middle = low.add(high).mul(0.5);
                var tooHigh = middle.add(factor.mul(middle.tanh())).gt(wanted);
                high = Tensor.where(tooHigh, middle, high);
                low = Tensor.where(tooHigh, low, middle);
            }
            return low.add(high).mul(0.5).to(target.dtype());
        }
    }
}
