package io.medley.diffusion.reference;

import io.medley.diffusion.BetaSchedule;
import io.medley.diffusion.Churn;
import io.medley.diffusion.Coupling;
import io.medley.diffusion.Denoiser;
import io.medley.diffusion.DenoisingObjective;
import io.medley.diffusion.DiffusionSystem;
import io.medley.diffusion.ExactGaussianMixtureDenoiser;
import io.medley.diffusion.InputScale;
import io.medley.diffusion.LossWeight;
import io.medley.diffusion.Network;
import io.medley.diffusion.OdeStepper;
import io.medley.diffusion.Paths;
import io.medley.diffusion.Prediction;
import io.medley.diffusion.ProbabilityPath;
import io.medley.diffusion.RungeKutta;
import io.medley.diffusion.Sampler;
import io.medley.diffusion.TimeGrid;
import io.medley.diffusion.TimeInput;
import io.medley.diffusion.TimeSampler;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.ReferenceDirectory;
import io.medley.model.reference.Replay;
import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.io.IOException;
import java.util.Arrays;
import java.util.Map;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;

/** NVlabs/edm: the four preconditionings and three losses, {@code edm_sampler} and {@code ablation_sampler} call by call in float64. */
public final class EdmReplay implements Replay {
    private static final ProbabilityPath EDM = Paths.edm(1e6);
    private static final ProbabilityPath VP = Paths.variancePreserving(0.1, 20);
    private static final int IDDPM_STEPS = 1000;
    private static final Pattern PART = Pattern.compile("N\\(\\s*(-?[0-9.]+)\\s*,\\s*([0-9.]+)\\^2\\)");

    @Override
    public String name() {
        return "edm samplers";
    }

    @Override
    public boolean recognises(ReferenceDirectory directory) {
        return directory.upstream().startsWith("NVlabs/edm")
                && directory.cases().has("denoiser");
    }

    @Override
    public void run(ReferenceDirectory directory, Comparison results) throws IOException {
        var network = ToyNetwork.of(directory);
        double[] levels = BetaSchedule.cosineLevels(IDDPM_STEPS);
        systems(levels)
                .forEach((name, system) -> results.part(name, () -> {
                    preconditioning(results, name, system, network, levels);
                    loss(results, name, system, network);
                }));
        results.part("u", () -> results.check("precond.iddpm.u", Tensor.of(levels, levels.length)));
        for (var key : results.keys()) {
            if (key.startsWith("sampler.") && key.endsWith(".out")) {
                var name = key.substring(0, key.length() - ".out".length());
                results.part(
                        name,
                        () -> sampler(
                                directory, results, name, directory.cases().path(name), levels));
            }
        }
    }

    private static Map<String, DiffusionSystem> systems(double[] levels) {
        return Map.of(
                "vp", system(Prediction.EPSILON, InputScale.unitVariance(1), TimeInput.on(VP, IDDPM_STEPS - 1)),
                "ve", system(Prediction.SCALED_SCORE, InputScale.NONE, TimeInput.logLevel(1, 2)),
                "iddpm",
                        system(
                                Prediction.EPSILON,
                                InputScale.unitVariance(1),
                                (path, t) -> IDDPM_STEPS - 1 - nearest(levels, path.noiseLevel(t))),
                "edm", system(Prediction.edm(0.5), InputScale.unitVariance(0.5), TimeInput.logLevel(0.25, 1)));
    }

    private static DiffusionSystem system(Prediction prediction, InputScale scale, TimeInput time) {
        return new DiffusionSystem("edm", EDM, prediction, scale, time, new TimeSampler.Uniform(0), LossWeight.ONE);
    }

    private static int nearest(double[] levels, double level) {
        int best = 0;
        for (int i = 1; i < levels.length; i++) {
            if (Math.abs(levels[i] - level) < Math.abs(levels[best] - level)) {
                best = i;
            }
        }
        return best;
    }

    private static void preconditioning(
            Comparison results, String name, DiffusionSystem system, Network network, double[] levels) {
        var prefix = "precond." + name + ".";
        var x = results.input("x").to(DType.FLOAT64);
        double[] sigma = results.input("sigma").toDoubles();
        results.check(prefix + "D", system.denoiser(network).denoise(x, sigma));
        results.check(prefix + "c_in_x", system.networkInput(x, sigma));
        results.check(prefix + "c_noise", system.networkTime(sigma));
        double[] rounded = name.equals("iddpm")
                ? Arrays.stream(sigma).map(s -> levels[nearest(levels, s)]).toArray()
                : sigma;
        results.check(prefix + "round_sigma", Tensor.of(rounded, rounded.length));
    }

    /** Each loss draws its noise levels in its own way; what follows is the same. */
    private static void loss(Comparison results, String name, DiffusionSystem system, Network network) {
        var key = "loss." + name;
        if (!results.has(key)) {
            return;
        }
        double[] uniform = results.input("loss.rnd_uniform").toDoubles();
        double[] normal = results.input("loss.rnd_normal").toDoubles();
        double[] sigma =
                switch (name) {
                    case "vp" ->
                        Arrays.stream(uniform)
                                .map(u -> VP.noiseLevel(1 + u * (1e-5 - 1)))
                                .toArray();
                    case "ve" ->
                        Arrays.stream(uniform)
                                .map(u -> 0.02 * Math.pow(100 / 0.02, u))
                                .toArray();
                    default ->
                        Arrays.stream(normal).map(z -> Math.exp(-1.2 + 1.2 * z)).toArray();
                };
        var objective = new DenoisingObjective(system, Coupling.AS_GIVEN);
        results.check(key, objective.squaredErrors(network, results.input("y"), results.input("loss.noise"), sigma));
    }

    private static void sampler(
            ReferenceDirectory directory, Comparison results, String name, JsonNode call, double[] levels) {
        var arguments = call.path("kwargs");
        boolean plain = call.path("fn").asString("").equals("edm_sampler");
        var path = plain ? EDM : path(arguments);
        int steps = arguments.path("num_steps").asInt(18);
        var stepper = new OdeStepper(
                arguments.path("solver").asString("heun").equals("euler")
                        ? RungeKutta.EULER
                        : RungeKutta.secondOrder(arguments.path("alpha").asDouble(1)),
                new Churn(
                        arguments.path("S_churn").asDouble(0),
                        arguments.path("S_min").asDouble(0),
                        arguments.path("S_max").asDouble(Double.POSITIVE_INFINITY),
                        arguments.path("S_noise").asDouble(1)));
        double[] times = plain ? karras(arguments, steps) : grid(arguments, path, steps, levels);
        var model = new Recorder(denoiser(directory, path));
        var start = results.input("latents").to(DType.FLOAT64).mul(path.sigma(times[0]));
        var noise = new StoredNoise(results.input("sampler.noise"));
        var out = Sampler.integrate(stepper, model, times, start, noise, Sampler.Listener.NONE);
        results.check(name + ".out", out);
        // The original calls its network with x/s(t).
        double[] asked = model.times();
        var scale = Tensor.of(Arrays.stream(asked).map(path::alpha).toArray(), asked.length, 1, 1, 1, 1);
        results.check(name + ".net_x", model.states().div(scale));
        results.check(
                name + ".net_sigma",
                Tensor.of(Arrays.stream(asked).map(path::noiseLevel).toArray(), asked.length));
    }

    /** Noise schedule and scaling of {@code ablation_sampler} as a path. */
    private static ProbabilityPath path(JsonNode arguments) {
        var schedule = arguments.path("schedule").asString("linear");
        var scaling = arguments.path("scaling").asString("none");
        return switch (schedule + " " + scaling) {
            case "vp vp" -> VP;
            case "ve none" -> Paths.squareRoot(1e6);
            case "linear none" -> EDM;
            case "linear vp" -> Paths.variancePreservingByLevel(1e6);
            default ->
                throw new MedleyException("schedule " + schedule + " with scaling " + scaling + " is not replayed");
        };
    }

    private static double[] karras(JsonNode arguments, int steps) {
        return TimeGrid.karras(
                        arguments.path("sigma_min").asDouble(0.002),
                        arguments.path("sigma_max").asDouble(80),
                        arguments.path("rho").asDouble(7))
                .times(EDM, steps);
    }

    /** The discretisation's noise levels as times of the path, and 0. */
    private static double[] grid(JsonNode arguments, ProbabilityPath path, int steps, double[] levels) {
        var times = new double[steps + 1];
        for (int i = 0; i < steps; i++) {
            double part = (double) i / (steps - 1);
            double level =
                    switch (arguments.path("discretization").asString("edm")) {
                        case "vp" -> VP.noiseLevel(1 + part * (1e-3 - 1));
                        case "ve" -> 100 * Math.pow(0.02 / 100, part);
                        case "iddpm" -> iddpmLevel(levels, part);
                        case "edm" -> karras(arguments, steps)[i];
                        default -> throw new MedleyException("a discretization that is not replayed");
                    };
            times[i] = path.timeOfNoiseLevel(level);
        }
        times[steps] = path.dataTime();
        return times;
    }

    private static double iddpmLevel(double[] levels, double part) {
        double[] usable =
                Arrays.stream(levels).filter(u -> u >= 0.002 && u <= 81).toArray();
        return usable[(int) Math.rint((usable.length - 1) * part)];
    }

    /** The posterior mean of a mixture of two normals, element by element, as {@code cases.json} words it. */
    private static Denoiser denoiser(ReferenceDirectory directory, ProbabilityPath path) {
        var match = PART.matcher(directory.cases().path("denoiser").asString(""));
        var means = new double[2][1];
        var deviations = new double[2];
        for (int k = 0; k < 2; k++) {
            if (!match.find()) {
                throw new MedleyException(directory.path() + ": the denoiser is not a mixture of two normals");
            }
            means[k][0] = Double.parseDouble(match.group(1));
            deviations[k] = Double.parseDouble(match.group(2));
        }
        var mixture = new ExactGaussianMixtureDenoiser(path, new double[] {1, 1}, means, deviations);
        return new Denoiser() {
            @Override
            public ProbabilityPath path() {
                return path;
            }

            @Override
            public Tensor denoise(Tensor x, double[] t) {
                // One time per call, so elements may stand as samples.
                var elements = x.reshape(x.numel(), 1);
                return mixture.denoise(elements, t[0]).reshape(x.shape());
            }
        };
    }
}
