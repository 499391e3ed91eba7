package io.medley.model.reference;

import io.medley.nn.Trace;
import io.medley.nn.Weights;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Cases of one network's forward, keys {@code <case>.in.*}, {@code <case>.out.out}, {@code <case>.mod.<module>}: its result, what each of its modules gave, the loss Σ result·weight and its gradients. */
public final class NetworkCases {
    private static final String GRADIENT_WEIGHT = "grad_weight";

    /** Runs a case with its inputs. */
    @FunctionalInterface
    public interface Run {
        /** @param prefix of the inputs' keys, such as {@code forward.in.} */
        Tensor forward(String prefix) throws IOException;
    }

    private NetworkCases() {}

    /** Recomputes every case that has an input {@code x}. */
    public static void run(Comparison results, Weights weights, Run run) throws IOException {
        for (var key : results.keys()) {
            if (key.endsWith(".in.x")) {
                var name = key.substring(0, key.length() - ".in.x".length());
                results.part(name, () -> one(results, weights, name, run));
            }
        }
    }

    private static void one(Comparison results, Weights weights, String name, Run run) throws IOException {
        try (var trace = Trace.of(tap -> !tap.endsWith(".probs"))) {
            var out = run.forward(name + ".in.");
            results.check(name + ".out.out", out);
            var modules = name + ".mod.";
            for (var key : results.keys()) {
                if (key.startsWith(modules)) {
                    results.part(key, () -> results.check(key, trace.get(key.substring(modules.length()))));
                }
            }
            if (results.has(GRADIENT_WEIGHT)) {
                gradients(
                        results,
                        weights,
                        name,
                        out.mul(results.input(GRADIENT_WEIGHT)).sum());
            }
        }
    }

    private static void gradients(Comparison results, Weights weights, String name, Tensor loss) throws IOException {
        results.checkIfPresent(name + ".out.loss", loss);
        loss.backward();
        for (var key : stored(results, name + ".")) {
            var parameter = weights.parameters().get(key.substring(name.length() + 1));
            var gradient = parameter == null ? null : parameter.grad();
            if (gradient == null) {
                results.fail("grad " + key, "there is no such parameter, or it had no part in the result");
            } else {
                results.checkGradient(key, gradient);
            }
        }
        // Cases share the network: each starts from no gradient.
        for (var parameter : weights.parameters().values()) {
            var gradient = parameter.grad();
            if (gradient != null) {
                gradient.fill_(0);
            }
        }
    }

    private static List<String> stored(Comparison results, String prefix) throws IOException {
        var gradients = results.directory().gradients();
        var keys = new ArrayList<String>();
        if (gradients.isPresent()) {
            for (var key : gradients.get().names()) {
                if (key.startsWith(prefix)) {
                    keys.add(key);
                }
            }
        }
        return keys;
    }
}
