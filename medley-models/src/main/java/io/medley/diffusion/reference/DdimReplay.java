package io.medley.diffusion.reference;

import io.medley.diffusion.BetaSchedule;
import io.medley.diffusion.Coupling;
import io.medley.diffusion.Ddim;
import io.medley.diffusion.DenoisingObjective;
import io.medley.diffusion.DiffusionSystem;
import io.medley.diffusion.Paths;
import io.medley.diffusion.SampleHook;
import io.medley.diffusion.Sampler;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Replay;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.regex.Pattern;

/** ermongroup/ddim: β schedules, q(x_t | x₀), losses, DDIM of any η and DDPM, step by step. */
public final class DdimReplay implements Replay {
    private static final Pattern DDIM = Pattern.compile("ddim\\.(\\w+)\\.eta([0-9.]+)\\.xs");
    private static final Pattern DDPM = Pattern.compile("ddpm\\.(\\w+)\\.xs");

    @Override
    public String name() {
        return "ddim samplers";
    }

    @Override
    public boolean recognises(ReferenceDirectory directory) {
        return directory.upstream().startsWith("ermongroup/ddim")
                && directory.cases().has("T")
                && directory.cases().has("toy_model");
    }

    @Override
    public void run(ReferenceDirectory directory, Comparison results) throws IOException {
        var cases = directory.cases();
        int steps = cases.path("T").asInt();
        double start = cases.path("beta_start").asDouble();
        double end = cases.path("beta_end").asDouble();
        var betas = BetaSchedule.linear(start, end, steps);
        results.part("schedules", () -> schedules(results, start, end, steps, betas));
        var products = BetaSchedule.alphasCumprod(betas);
        var base = DiffusionSystem.ddpm();
        var system = base.withPath(Paths.discrete(products));
        var network = ToyNetwork.of(directory);
        results.part("loss", () -> {
            var x0 = results.input("loss.x0");
            var noise = results.input("loss.e");
            double[] t = results.input("loss.t").toDoubles();
            results.check("q_sample", system.mix(x0, noise, t));
            // The original sums over the elements of a sample.
            long elements = x0.numel() / x0.size(0);
            var losses = new DenoisingObjective(system, Coupling.AS_GIVEN)
                    .losses(network, x0, noise, t)
                    .mul(elements);
            results.check("loss.simple_keepdim", losses);
            results.check("loss.simple", losses.mean());
        });
        for (var key : results.keys()) {
            var ddim = DDIM.matcher(key);
            if (ddim.matches()) {
                double eta = Double.parseDouble(ddim.group(2));
                var prefix = "ddim." + ddim.group(1) + ".eta" + ddim.group(2);
                results.part(prefix, () -> {
                    var model = new Recorder(system.denoiser(network));
                    trajectory(results, prefix, "ddim." + ddim.group(1), model, model, Ddim.eta(eta), ddim.group(1));
                });
            }
            var ddpm = DDPM.matcher(key);
            if (ddpm.matches()) {
                var prefix = "ddpm." + ddpm.group(1);
                results.part(prefix, () -> {
                    var model = new Recorder(system.denoiser(network).with(SampleHook.clip(1)));
                    trajectory(results, prefix, prefix, model, model, Ddim.ancestral(true), ddpm.group(1));
                });
            }
        }
    }

    private static void schedules(Comparison results, double start, double end, int steps, double[] betas) {
        results.check("betas.linear", Tensor.of(betas, steps));
        results.check("betas.quad", Tensor.of(BetaSchedule.scaledLinear(start, end, steps), steps));
        results.check("betas.const", Tensor.of(BetaSchedule.constant(end, steps), steps));
        results.check("betas.jsd", Tensor.of(BetaSchedule.jensenShannon(steps), steps));
        results.check("betas.sigmoid", Tensor.of(BetaSchedule.sigmoid(start, end, steps), steps));
        var products = BetaSchedule.alphasCumprod(betas);
        results.check("alphas_cumprod", Tensor.of(products, steps));
        var posterior = new double[steps];
        for (int i = 0; i < steps; i++) {
            posterior[i] = Ddim.posteriorVariance(Paths.discrete(products), i, i - 1);
        }
        results.check("posterior_variance", Tensor.of(posterior, steps));
        var large = Tensor.of(betas, steps).log();
        results.check("logvar.fixedlarge", large);
        results.check(
                "logvar.fixedsmall", Tensor.of(posterior, steps).clampMin(1e-20).log());
    }

    private static void trajectory(
            Comparison results,
            String prefix,
            String noise,
            Recorder asked,
            Recorder model,
            Ddim stepper,
            String grid) {
        var sequence = results.input("seq." + grid);
        long[] indices = sequence.toLongs();
        var times = new double[indices.length + 1];
        for (int i = 0; i < indices.length; i++) {
            times[i] = indices[indices.length - 1 - i];
        }
        times[indices.length] = -1;
        var draws = new StoredNoise(results.input(noise + ".noise"));
        var x = Sampler.integrate(stepper, model, times, results.input("x_T"), draws, Sampler.Listener.NONE);
        results.check(prefix + ".xs", asked.statesAnd(x));
        results.check(prefix + ".x0_preds", asked.estimates());
    }
}
