package io.medley.optim;

import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** Adam with decoupled weight decay (Loshchilov and Hutter, 2019), equal to {@code torch.optim.AdamW}. */
public final class AdamW {
    /**
     * Its constants.
     *
     * @param beta1 decay of the first moment
     * @param beta2 decay of the second moment
     * @param eps added to the denominator
     * @param weightDecay per unit of learning rate, for the groups that decay
     */
    public record Options(double beta1, double beta2, double eps, double weightDecay) {
        /** torch's defaults with a given weight decay. */
        public static Options withDecay(double weightDecay) {
            return new Options(0.9, 0.999, 1e-8, weightDecay);
        }
    }

    private record Moments(Tensor first, Tensor second) {}

    private final FlatParameters parameters;
    private final Options options;
    private final List<Moments> moments = new ArrayList<>();
    private long steps;

    public AdamW(FlatParameters parameters, Options options) {
        this.parameters = parameters;
        this.options = options;
        for (var group : parameters.groups()) {
            moments.add(new Moments(
                    Tensor.zeros(group.values().shape()),
                    Tensor.zeros(group.values().shape())));
        }
    }

    /** One step with the gradients accumulated so far. */
    public void step(double learningRate) {
        steps++;
        double correction1 = 1 - Math.pow(options.beta1, steps);
        double correction2 = 1 - Math.pow(options.beta2, steps);
        try (var off = NoGrad.open()) {
            for (int i = 0; i < moments.size(); i++) {
                var group = parameters.groups().get(i);
                var m = moments.get(i);
                if (group.decay()) {
                    group.values().mul_(1 - learningRate * options.weightDecay);
                }
                m.first.lerp_(group.gradients(), 1 - options.beta1);
                m.second.mul_(options.beta2).addcmul_(group.gradients(), group.gradients(), 1 - options.beta2);
                var denominator =
                        m.second.sqrt().mul_(1 / Math.sqrt(correction2)).add_(options.eps);
                group.values().addcdiv_(m.first, denominator, -learningRate / correction1);
            }
        }
    }
}
