package io.medley.diffusion.reference;

import io.medley.diffusion.Bridge;
import io.medley.diffusion.Paths;
import io.medley.diffusion.Prediction;
import io.medley.diffusion.ProbabilityPath;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Replay;
import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;

/** atong01/conditional-flow-matching (torchcfm): states, targets and weights of its matchers. Data are at t = 1. */
public final class ConditionalFlowReplay implements Replay {
    private static final Pattern SIGMAS = Pattern.compile("sigma ([0-9.]+) \\(Schroedinger bridge ([0-9.]+)");

    @Override
    public String name() {
        return "conditional flow matching";
    }

    @Override
    public boolean recognises(ReferenceDirectory directory) {
        return directory.upstream().startsWith("atong01/conditional-flow-matching");
    }

    @Override
    public void run(ReferenceDirectory directory, Comparison results) throws IOException {
        var note = SIGMAS.matcher(directory.cases().path("note").asString(""));
        if (!note.find()) {
            throw new MedleyException(directory.path() + ": cases.json does not say the sigmas");
        }
        double sigma = Double.parseDouble(note.group(1));
        var straight = Paths.reversed(Paths.linear());
        bridge(results, "conditional", Bridge.tube(straight, sigma));
        bridge(results, "variance_preserving", Bridge.tube(Paths.reversed(Paths.cosine()), sigma));
        bridge(results, "schrodinger_bridge", Bridge.brownian(straight, Double.parseDouble(note.group(2))));
        results.part("target", () -> target(results, Paths.reversed(Paths.linear(sigma)), sigma));
    }

    private static void bridge(Comparison results, String name, Bridge bridge) {
        results.part(name, () -> {
            double[] t = results.input("t").toDoubles();
            var noise = input(results, "epsilon");
            var source = input(results, "x0");
            var data = input(results, "x1");
            results.check(name + ".xt", bridge.state(data, source, noise, t));
            results.check(name + ".ut", bridge.velocity(data, source, noise, t));
            if (results.has(name + ".lambda")) {
                // Of constant width, so one number for all times.
                results.check(name + ".lambda", Tensor.scalar(bridge.scoreWeight(t[0])));
            }
        });
    }

    /** Lipman's path from noise alone. */
    private static void target(Comparison results, ProbabilityPath path, double sigma) {
        double[] t = results.input("t").toDoubles();
        var noise = input(results, "epsilon");
        var data = input(results, "x1");
        var alpha = column(t, path::alpha);
        var x = data.mul(alpha).add(noise.mul(column(t, path::sigma)));
        results.check("target.xt", x);
        results.check("target.ut", Prediction.VELOCITY.target(path, data, noise, x, t));
        results.check(
                "target.lambda",
                Tensor.of(
                        Arrays.stream(t)
                                .map(at -> 2 * path.sigma(at) / (sigma * sigma))
                                .toArray(),
                        t.length));
    }

    private static Tensor column(double[] t, java.util.function.DoubleUnaryOperator f) {
        return Tensor.of(Arrays.stream(t).map(f).toArray(), t.length, 1);
    }

    private static Tensor input(Comparison results, String key) {
        return results.input(key).to(DType.FLOAT64);
    }
}
