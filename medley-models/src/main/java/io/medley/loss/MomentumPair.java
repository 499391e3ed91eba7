package io.medley.loss;

import io.medley.nn.Weights;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;

/**
 * A network and its slowly following copy (MoCo, He et al. 2020): θ_m ← m·θ_m + (1−m)·θ. Couples parameters by name.
 */
public final class MomentumPair {
    private record Couple(Tensor online, Tensor follower) {}

    private final List<Couple> couples = new ArrayList<>();

    /**
     * Couples every parameter {@code name} for which {@code followerName} gives a name with the buffer of that name.
     *
     * @param followerName full name of the online parameter → full name of its copy, or the empty string when it has none
     */
    public MomentumPair(Weights weights, UnaryOperator<String> followerName) {
        weights.parameters().forEach((name, online) -> {
            var follower = weights.buffers().get(followerName.apply(name));
            if (follower != null) {
                couples.add(new Couple(online, follower));
            }
        });
    }

    /** Number of coupled tensors. */
    public int size() {
        return couples.size();
    }

    /** Makes the followers equal to the online network. */
    public void copy() {
        try (var off = NoGrad.open()) {
            couples.forEach(c -> c.follower.copy_(c.online));
        }
    }

    /** One momentum step. */
    public void update(double momentum) {
        try (var off = NoGrad.open()) {
            couples.forEach(c -> c.follower.lerp_(c.online, 1 - momentum));
        }
    }
}
