package io.medley.diffusion.reference;

import io.medley.diffusion.AdaptiveRk45;
import io.medley.diffusion.Coupling;
import io.medley.diffusion.Denoiser;
import io.medley.diffusion.DenoisingObjective;
import io.medley.diffusion.DiffusionSystem;
import io.medley.diffusion.OdeStepper;
import io.medley.diffusion.RungeKutta;
import io.medley.diffusion.Sampler;
import io.medley.diffusion.TimeGrid;
import io.medley.diffusion.TimeInput;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Replay;
import io.medley.tensor.DType;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.regex.Pattern;

/** gnobitab/RectifiedFlow: target, loss, Euler and RK45. Data are at t = 1 and the network gets 999·t. */
public final class RectifiedFlowReplay implements Replay {
    private static final Pattern EULER = Pattern.compile("euler_ode_N(\\d+)");
    private static final double EPS = 1e-3;

    @Override
    public String name() {
        return "rectified flow";
    }

    @Override
    public boolean recognises(ReferenceDirectory directory) {
        return directory.upstream().startsWith("gnobitab/RectifiedFlow");
    }

    @Override
    public void run(ReferenceDirectory directory, Comparison results) throws IOException {
        var network = ToyNetwork.of(directory);
        var system = DiffusionSystem.rectifiedFlow();
        results.part("loss", () -> loss(results, system, network));
        for (var key : results.keys()) {
            var euler = EULER.matcher(key);
            if (euler.matches()) {
                results.part(key, () -> euler(results, key, Integer.parseInt(euler.group(1)), network));
            }
        }
        results.part("rk45", () -> {
            // The original chooses its steps for the whole batch at once, so the batch stands as one sample here.
            var z0 = results.input("z0").to(DType.FLOAT64);
            var field = system.denoiser(network);
            var x = new AdaptiveRk45(1e-5, 1e-5)
                    .solve((y, t) -> field.velocity(y, t), z0.reshape(1, z0.numel()), EPS, 1);
            results.check("rk45_ode", x.reshape(z0.shape()));
        });
    }

    private static void loss(Comparison results, DiffusionSystem system, ToyNetwork network) {
        var data = results.input("x1").to(DType.FLOAT64);
        var noise = results.input("z0").to(DType.FLOAT64);
        double[] t = Arrays.stream(results.input("rand").toDoubles())
                .map(u -> u * (1 - EPS) + EPS)
                .toArray();
        var x = system.mix(data, noise, t);
        results.check("loss.perturbed_data", x);
        results.check("loss.target", system.prediction().target(system.path(), data, noise, x, t));
        results.check("loss.model_t", system.networkTime(t));
        var losses = new DenoisingObjective(system, Coupling.AS_GIVEN).losses(network, data, noise, t);
        results.check("loss.reduce_mean_True", losses.mean());
        // The other reduction is half the sum over a sample's elements.
        long elements = data.numel() / data.size(0);
        results.check("loss.reduce_mean_False", losses.mean().mul(0.5 * elements));
    }

    /** The original's times span [ε, 1) but its steps are 1/N: a uniform grid whose network is told ε + (1 − ε)·t. */
    private static void euler(Comparison results, String key, int steps, ToyNetwork network) {
        var base = DiffusionSystem.rectifiedFlow();
        var told = new DiffusionSystem(
                base.name(),
                base.path(),
                base.prediction(),
                base.inputScale(),
                TimeInput.affine(999 * (1 - EPS), 999 * EPS),
                base.timeSampler(),
                base.weight());
        Denoiser model = told.denoiser(network);
        Tensor start = results.input("z0").to(DType.FLOAT64);
        var sampler = new Sampler(OdeStepper.of(RungeKutta.EULER), TimeGrid.uniform(), steps);
        results.check(key, sampler.from(model, start, io.medley.diffusion.Noise.none(), Sampler.Listener.NONE));
    }
}
