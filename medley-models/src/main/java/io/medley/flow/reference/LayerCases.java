package io.medley.flow.reference;

import io.medley.flow.Bijector;
import io.medley.flow.Mapped;
import io.medley.model.reference.Comparison;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;

/** What every directory of one layer holds: forward, inverse, log-determinants, and the gradient of sum(out·weight) + sum(log_det). */
final class LayerCases {
    private LayerCases() {}

    /**
     * Compares everything of one forward call.
     *
     * @param layer in upstream's direction
     * @param weights the book of the layer's parameters
     * @param prefix of the keys, with its dot, or empty
     */
    static void check(Comparison results, Loaded loaded, Weights weights, Bijector layer, String prefix) {
        weights.parameters().values().forEach(p -> p.requiresGrad(true));
        var x = results.input(prefix + "in").copy().requiresGrad(true);
        var mapped = layer.forward(x);
        results.check(prefix + "out", mapped.value());
        var logDet = likeStored(results, prefix + "log_det", mapped);
        results.check(prefix + "log_det", logDet);
        if (results.has(prefix + "inverse_of_out")) {
            results.part(prefix + "inverse", () -> {
                var back = layer.inverse(mapped.value().detach());
                results.check(prefix + "inverse_of_out", back.value());
                results.check(prefix + "inverse_log_det", likeStored(results, prefix + "inverse_log_det", back));
            });
        }
        if (results.has(prefix + "grad_weight0")) {
            mapped.value()
                    .mul(results.input(prefix + "grad_weight0"))
                    .sum()
                    .add(logDet.sum())
                    .backward();
            results.check(prefix + "grad_in", gradient(x));
            if (loaded.hasGradients()) {
                checkGradients(results, weights, prefix);
            }
        }
    }

    /** Compares the gradients of all parameters. */
    static void checkGradients(Comparison results, Weights weights, String prefix) {
        weights.parameters().forEach((name, parameter) -> results.checkGradient(prefix + name, gradient(parameter)));
    }

    /** Where a log-determinant does not depend on the sample, normflows gives it once for the whole batch. */
    static Tensor likeStored(Comparison results, String key, Mapped mapped) {
        return results.input(key).dim() == 0 ? mapped.logDet().select(0, 0) : mapped.logDet();
    }

    private static Tensor gradient(Tensor tensor) {
        var gradient = tensor.grad();
        return gradient == null ? Tensor.zeros(tensor.shape()) : gradient;
    }
}
