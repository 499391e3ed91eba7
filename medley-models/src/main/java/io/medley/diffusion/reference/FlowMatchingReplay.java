package io.medley.diffusion.reference;

import io.medley.diffusion.AdaptiveRk45;
import io.medley.diffusion.Denoiser;
import io.medley.diffusion.DiscreteMixture;
import io.medley.diffusion.OdeLikelihood;
import io.medley.diffusion.OdeSolver;
import io.medley.diffusion.Paths;
import io.medley.diffusion.Prediction;
import io.medley.diffusion.ProbabilityPath;
import io.medley.diffusion.RungeKutta;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Replay;
import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import java.util.regex.Pattern;

/** facebookresearch/flow_matching: paths, conversions, ODE solvers, likelihood, a change of path, and flows over tokens. Data are at t = 1. */
public final class FlowMatchingReplay implements Replay {
    private static final String VELOCITY = "v(x,t) = (-x1 + 0.5 sin(3t), x0(1 - 0.3 x0^2), cos(x2 + 2t))";
    private static final Pattern FIXED = Pattern.compile("ode\\.(euler|midpoint|heun2|heun3|rk4)\\.h(None|[0-9.]+)");
    private static final double[] OWN_GRID = {0, 0.35, 0.6, 1};

    @Override
    public String name() {
        return "flow matching";
    }

    @Override
    public boolean recognises(ReferenceDirectory directory) {
        return directory.upstream().startsWith("facebookresearch/flow_matching");
    }

    @Override
    public void run(ReferenceDirectory directory, Comparison results) throws IOException {
        var stated = directory.cases().path("velocity").asString("");
        if (!stated.equals(VELOCITY)) {
            throw new MedleyException("the velocity field is not the known one: " + stated);
        }
        Map<String, ProbabilityPath> paths = new LinkedHashMap<>();
        paths.put("condot", Paths.reversed(Paths.linear()));
        paths.put("cosine", Paths.reversed(Paths.cosine()));
        paths.put("vp", Paths.reversed(Paths.variancePreserving(0.1, 20)));
        paths.put("linear_vp", Paths.reversed(Paths.linearVariancePreserving()));
        paths.put("poly2", Paths.reversed(Paths.polynomial(2.5)));
        paths.forEach((name, path) -> results.part(name, () -> path(results, name + ".", path)));
        for (var key : results.keys()) {
            var fixed = FIXED.matcher(key);
            if (fixed.matches()) {
                var method = RungeKutta.named(fixed.group(1).equals("heun2") ? "heun" : fixed.group(1));
                results.part(key, () -> solve(results, key, method, fixed.group(2)));
            }
        }
        results.part(
                "ode.dopri5",
                () -> results.check(
                        "ode.dopri5",
                        new AdaptiveRk45(1e-7, 1e-7).solve(FlowMatchingReplay::velocity, start(results), 0, 1)));
        results.part(
                "ode.backward",
                () -> results.check(
                        "ode.backward_midpoint",
                        OdeSolver.fixed(RungeKutta.MIDPOINT, 10)
                                .solve(FlowMatchingReplay::velocity, start(results), 1, 0)));
        results.part("likelihood", () -> likelihood(results));
        results.part("schedule", () -> {
            var model = Denoiser.ofVelocity(Paths.reversed(Paths.linear()), FlowMatchingReplay::velocity)
                    .on(Paths.reversed(Paths.cosine()));
            var x = start(results);
            var t = new double[(int) x.size(0)];
            Arrays.fill(t, 0.4);
            results.check("schedule_transformed.condot_to_cosine", model.velocity(x, t));
        });
        results.part("discrete", () -> discrete(results));
    }

    private static void path(Comparison results, String prefix, ProbabilityPath path) {
        double[] t = results.input("t").toDoubles();
        check(results, prefix + "alpha_t", t, path::alpha);
        check(results, prefix + "sigma_t", t, path::sigma);
        check(results, prefix + "d_alpha_t", t, path::alphaRate);
        check(results, prefix + "d_sigma_t", t, path::sigmaRate);
        check(results, prefix + "snr_inverse_of_own_snr", t, at -> path.timeOfNoiseLevel(path.noiseLevel(at)));
        var noise = results.input("x_0").to(DType.FLOAT64);
        var data = results.input("x_1").to(DType.FLOAT64);
        var alphas = column(t, path::alpha);
        var x = data.mul(alphas).add(noise.mul(column(t, path::sigma)));
        var velocity = Prediction.VELOCITY.target(path, data, noise, x, t);
        results.check(prefix + "x_t", x);
        results.check(prefix + "dx_t", velocity);
        convert(results, prefix + "velocity_to_target", Prediction.VELOCITY, Prediction.SAMPLE, path, velocity, x, t);
        convert(results, prefix + "velocity_to_epsilon", Prediction.VELOCITY, Prediction.EPSILON, path, velocity, x, t);
        convert(results, prefix + "target_to_velocity", Prediction.SAMPLE, Prediction.VELOCITY, path, data, x, t);
        convert(results, prefix + "target_to_epsilon", Prediction.SAMPLE, Prediction.EPSILON, path, data, x, t);
        convert(results, prefix + "epsilon_to_velocity", Prediction.EPSILON, Prediction.VELOCITY, path, noise, x, t);
        convert(results, prefix + "epsilon_to_target", Prediction.EPSILON, Prediction.SAMPLE, path, noise, x, t);
    }

    private static void convert(
            Comparison results,
            String key,
            Prediction from,
            Prediction to,
            ProbabilityPath path,
            Tensor y,
            Tensor x,
            double[] t) {
        results.check(key, from.convert(to, path, y, x, t));
    }

    private static void check(Comparison results, String key, double[] t, DoubleUnaryOperator f) {
        results.check(key, Tensor.of(Arrays.stream(t).map(f).toArray(), t.length));
    }

    private static Tensor column(double[] t, DoubleUnaryOperator f) {
        return Tensor.of(Arrays.stream(t).map(f).toArray(), t.length, 1);
    }

    private static void solve(Comparison results, String key, RungeKutta method, String step) {
        if (!step.equals("None")) {
            int steps = (int) Math.rint(1 / Double.parseDouble(step));
            results.check(
                    key, OdeSolver.fixed(method, steps).solve(FlowMatchingReplay::velocity, start(results), 0, 1));
            return;
        }
        List<Tensor> states = new ArrayList<>(List.of(start(results)));
        for (int i = 0; i + 1 < OWN_GRID.length; i++) {
            var last = states.get(states.size() - 1);
            states.add(method.step(FlowMatchingReplay::velocity, last, OWN_GRID[i], OWN_GRID[i + 1]));
        }
        results.check(key, Tensor.stack(states, 0));
    }

    /** The divergence exactly, the midpoint rule in 20 steps from data to noise. */
    private static void likelihood(Comparison results) {
        var model = Denoiser.ofVelocity(Paths.reversed(Paths.linear()), FlowMatchingReplay::velocity);
        var likelihood = new OdeLikelihood(model, 1, OdeSolver.fixed(RungeKutta.MIDPOINT, 20), null);
        var solution = likelihood.solve(results.input("x_1"));
        results.check("likelihood.x_0", solution.noise());
        results.check("likelihood.log_p1", solution.logDensity());
    }

    private static void discrete(Comparison results) {
        var mixture = new DiscreteMixture(Paths.reversed(Paths.polynomial(2)));
        double[] t = results.input("discrete.t").toDoubles();
        var data = results.input("discrete.x_1");
        var source = results.input("discrete.x_0");
        var logits = results.input("discrete.logits");
        var tokens = mixture.state(data, source, t, results.input("discrete.u"));
        results.check("discrete.x_t", tokens);
        results.check("discrete.posterior_to_velocity", mixture.velocity(logits, tokens, t));
        results.check("discrete.generalized_kl", mixture.loss(logits, data, tokens, t));
    }

    private static Tensor start(Comparison results) {
        return results.input("x_0").to(DType.FLOAT64);
    }

    private static Tensor velocity(Tensor x, double[] t) {
        var time = Tensor.of(t, t.length);
        var x0 = x.select(1, 0);
        var x1 = x.select(1, 1);
        var x2 = x.select(1, 2);
        return Tensor.stack(
                List.of(
                        time.mul(3).sin().mul(0.5).sub(x1),
                        x0.mul(x0.mul(x0).mul(-0.3).add(1)),
                        x2.add(time.mul(2)).cos()),
                1);
    }
}
