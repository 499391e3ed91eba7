package io.medley.optim;

import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import java.util.Map;

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
        public Options {
            if (!(beta1 >= 0 && beta1 < 1 && beta2 >= 0 && beta2 < 1)) {
                throw new MedleyException("AdamW: beta1 " + beta1 + " and beta2 " + beta2 + " must be in [0, 1)");
            }
            if (!(eps > 0) || !(weightDecay >= 0)) {
                throw new MedleyException(
                        "AdamW: eps " + eps + " must be above 0 and weightDecay " + weightDecay + " at least 0");
            }
        }

        /** torch's defaults with a given weight decay. */
        public static Options withDecay(double weightDecay) {
            return new Options(0.9, 0.999, 1e-8, weightDecay);
        }
    }

    private final FlatParameters parameters;
    private final Options options;
    private final Tensor first; // (P)
    private final Tensor second; // (P)
    private long steps;

    public AdamW(FlatParameters parameters, Options options) {
        this.parameters = parameters;
        this.options = options;
        this.first = Tensor.zeros(parameters.size());
        this.second = Tensor.zeros(parameters.size());
    }

    /** One step with the gradients accumulated so far. */
    public void step(double learningRate) {
        steps++;
        double correction1 = 1 - Math.pow(options.beta1, steps);
        double correction2 = 1 - Math.pow(options.beta2, steps);
        try (var off = NoGrad.open()) {
            for (var group : parameters.groups()) {
                double rate = learningRate * group.treatment().rateFactor();
                if (group.treatment().decays()) {
                    group.values().mul_(1 - rate * options.weightDecay);
                }
                var m = group.partOf(first).lerp_(group.gradients(), 1 - options.beta1);
                var v = group.partOf(second)
                        .mul_(options.beta2)
                        .addcmul_(group.gradients(), group.gradients(), 1 - options.beta2);
                var denominator = v.sqrt().mul_(1 / Math.sqrt(correction2)).add_(options.eps);
                group.values().addcdiv_(m, denominator, -rate / correction1);
            }
        }
    }

    /** Steps taken so far. */
    public long steps() {
        return steps;
    }

    /** First moments by parameter name, sharing the optimizer's memory. */
    public Map<String, Tensor> firstMoments() {
        return parameters.views(first);
    }

    /** Second moments by parameter name, sharing the optimizer's memory. */
    public Map<String, Tensor> secondMoments() {
        return parameters.views(second);
    }

    /** Goes on from {@code steps} taken; the moments are restored by writing to {@link #firstMoments} and {@link #secondMoments}. */
    public void resumeAt(long steps) {
        this.steps = steps;
    }
}
