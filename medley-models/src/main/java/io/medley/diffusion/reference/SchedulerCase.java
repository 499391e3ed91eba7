package io.medley.diffusion.reference;

import io.medley.diffusion.BetaSchedule;
import io.medley.diffusion.Ddim;
import io.medley.diffusion.Denoiser;
import io.medley.diffusion.DiffusionSystem;
import io.medley.diffusion.DpmSolver;
import io.medley.diffusion.DpmSolverSinglestep;
import io.medley.diffusion.InputScale;
import io.medley.diffusion.LinearMultistep;
import io.medley.diffusion.LossWeight;
import io.medley.diffusion.Network;
import io.medley.diffusion.OdeStepper;
import io.medley.diffusion.Paths;
import io.medley.diffusion.Prediction;
import io.medley.diffusion.ProbabilityPath;
import io.medley.diffusion.PseudoNumerical;
import io.medley.diffusion.RungeKutta;
import io.medley.diffusion.SampleHook;
import io.medley.diffusion.Sampler;
import io.medley.diffusion.Stepper;
import io.medley.diffusion.TimeGrid;
import io.medley.diffusion.TimeInput;
import io.medley.diffusion.TimeSampler;
import io.medley.diffusion.UniPc;
import io.medley.model.reference.Comparison;
import io.medley.model.reference.Tolerance;
import io.medley.tensor.DType;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import tools.jackson.databind.JsonNode;

/** One scheduler of diffusers as a path, a stepper and a grid. */
final class SchedulerCase {
    private static final double HIGHEST_LEVEL = 1e6;

    /**
     * Where no signal is left at the first time, the original's float32 takes the root of a rounding error for the direction 1 − ᾱ − τ², which is
     * 0: √6e-8 of the noise estimate goes into the state and stays there.
     */
    private static final Tolerance ROOT_OF_ROUNDING = new Tolerance(1e-5, 1e-3);

    private final Comparison results;
    private final String name;
    private final String kind;
    private final JsonNode config;
    private final JsonNode arguments;
    private final int steps;
    private final ToyNetwork toy;
    private final List<Tensor> outputs = new ArrayList<>();

    SchedulerCase(Comparison results, String name, JsonNode scheduler, ToyNetwork toy) {
        this.results = results;
        this.name = name;
        this.kind = scheduler.path("class").asString("");
        this.config = scheduler.path("config");
        this.arguments = scheduler.path("step_kwargs");
        this.steps = scheduler.path("num_inference_steps").asInt();
        this.toy = toy;
    }

    void run() {
        switch (kind) {
            case "DDPMScheduler", "DDIMScheduler", "PNDMScheduler" -> discrete();
            case "EulerDiscreteScheduler",
                    "EulerAncestralDiscreteScheduler",
                    "HeunDiscreteScheduler",
                    "LMSDiscreteScheduler" -> byLevel(levelGrid(true), Paths.edm(HIGHEST_LEVEL));
            case "DPMSolverMultistepScheduler", "DPMSolverSinglestepScheduler", "UniPCMultistepScheduler" ->
                byLevel(levelGrid(false), Paths.variancePreservingByLevel(HIGHEST_LEVEL));
            case "FlowMatchEulerDiscreteScheduler", "FlowMatchHeunDiscreteScheduler" -> flow();
            case "EDMEulerScheduler" -> edm();
            default -> throw new MedleyException("no stepper replays " + kind);
        }
    }

    // ------------------------------------------------------------------------------------------------ schedules

    private double[] betas() {
        int count = config.path("num_train_timesteps").asInt();
        double start = config.path("beta_start").asDouble();
        double end = config.path("beta_end").asDouble();
        var schedule = config.path("beta_schedule").asString("linear");
        double[] betas =
                switch (schedule) {
                    case "linear" -> BetaSchedule.linear(start, end, count);
                    case "scaled_linear" -> BetaSchedule.scaledLinear(start, end, count);
                    case "squaredcos_cap_v2" -> BetaSchedule.cosine(count);
                    default -> throw new MedleyException("beta schedule " + schedule + " is not replayed");
                };
        return config.path("rescale_betas_zero_snr").asBoolean(false) ? BetaSchedule.zeroTerminalSnr(betas) : betas;
    }

    private double[] products() {
        double[] betas = betas();
        double[] products = BetaSchedule.alphasCumprod(betas);
        results.check(key("betas"), Tensor.of(betas, betas.length));
        results.check(key("alphas_cumprod"), Tensor.of(products, products.length));
        return products;
    }

    private Prediction prediction() {
        var type = config.path("prediction_type").asString("epsilon");
        return switch (type) {
            case "epsilon" -> Prediction.EPSILON;
            case "sample" -> Prediction.SAMPLE;
            case "v_prediction" -> Prediction.V;
            default -> throw new MedleyException("prediction " + type + " is not replayed");
        };
    }

    private DiffusionSystem system(ProbabilityPath path, Prediction prediction, InputScale scale, TimeInput time) {
        return new DiffusionSystem(kind, path, prediction, scale, time, new TimeSampler.Uniform(0), LossWeight.ONE);
    }

    // ------------------------------------------------------------------------------------------------ DDPM, DDIM, PNDM

    /** Indices of the training steps, newest rule of {@code timestep_spacing}. */
    private double[] indices() {
        int count = config.path("num_train_timesteps").asInt();
        var spacing = config.path("timestep_spacing").asString("leading");
        var indices = new double[steps];
        for (int i = 0; i < steps; i++) {
            int up = steps - 1 - i;
            indices[i] = switch (spacing) {
                case "leading" ->
                    up * (count / steps) + config.path("steps_offset").asInt(0);
                case "trailing" -> Math.rint((double) count * (up + 1) / steps) - 1;
                default -> Math.rint((count - 1.0) * up / (steps - 1));
            };
        }
        return indices;
    }

    private void discrete() {
        var path = Paths.discrete(products());
        var system = system(path, prediction(), InputScale.NONE, TimeInput.TIME);
        var clip = config.path("thresholding").asBoolean(false)
                ? SampleHook.dynamicThreshold(
                        config.path("dynamic_thresholding_ratio").asDouble(),
                        config.path("sample_max_value").asDouble())
                : config.path("clip_sample").asBoolean(false)
                        ? SampleHook.clip(config.path("clip_sample_range").asDouble(1))
                        : null;
        Denoiser model = system.denoiser(recorded());
        Stepper stepper;
        SampleHook late = (estimate, x, t) -> estimate;
        if (kind.equals("DDIMScheduler")) {
            // DDIM clips after it has taken the noise from the unclipped estimate.
            late = clip == null ? late : clip;
            stepper = new Ddim(arguments.path("eta").asDouble(0), false, late);
        } else if (kind.equals("DDPMScheduler")) {
            model = clip == null ? model : model.with(clip);
            stepper = Ddim.ancestral(config.path("variance_type").asString("").equals("fixed_large"));
        } else {
            stepper = new PseudoNumerical();
        }
        double[] indices = indices();
        boolean toOne = config.path("set_alpha_to_one").asBoolean(true);
        var grid = Arrays.copyOf(indices, steps + 1);
        grid[steps] = toOne ? -1 : 0;
        var asked = integrate(stepper, model, grid);
        var timesteps = kind.equals("PNDMScheduler") ? twice(indices, 1) : indices;
        results.check(key("timesteps"), Tensor.of(timesteps, timesteps.length).to(DType.INT64));
        results.check(key("init_noise_sigma"), Tensor.scalar(1));
        if (results.has(key("pred_original"))) {
            var estimates = asked.estimates();
            results.check(key("pred_original"), late.apply(estimates, estimates, new double[0]), tolerance());
        }
        double[] t = results.input(key("add_noise_t")).toDoubles();
        var x0 = results.input("x0");
        var noise = results.input("noise_for_add");
        results.check(key("add_noise"), system.mix(x0, noise, t));
        if (results.has(key("velocity"))) {
            results.check(key("velocity"), Prediction.V.target(path, x0, noise, x0, t));
        }
    }

    /** A list with one of its values twice. */
    private static double[] twice(double[] values, int which) {
        var out = new double[values.length + 1];
        for (int i = 0; i < out.length; i++) {
            out[i] = values[i <= which ? i : i - 1];
        }
        return out;
    }

    // ------------------------------------------------------------------------------------------------ by noise level

    /** Noise levels from high to low with the last one, and what the network is told at each but that. */
    private record LevelGrid(double[] levels, double[] timesteps, boolean fractional) {}

    private LevelGrid levelGrid(boolean fractional) {
        double[] products = products();
        int count = products.length;
        var table = new double[count];
        for (int i = 0; i < count; i++) {
            table[i] = Math.sqrt((1 - products[i]) / products[i]);
        }
        var timesteps = new double[steps];
        var levels = new double[steps + 1];
        var spacing = config.path("timestep_spacing").asString("linspace");
        for (int i = 0; i < steps; i++) {
            timesteps[i] = timestep(spacing, count, i, fractional);
            levels[i] = between(table, timesteps[i]);
        }
        if (config.path("use_karras_sigmas").asBoolean(false)) {
            // k-diffusion's ends: those of the steps for Euler and Heun, of the table for the DPM solvers; the same for
            // linspace.
            double most = fractional ? levels[0] : table[count - 1];
            double least = fractional ? levels[steps - 1] : table[0];
            for (int i = 0; i < steps; i++) {
                double part = (double) i / (steps - 1);
                double root = Math.pow(most, 1 / 7.0) + part * (Math.pow(least, 1 / 7.0) - Math.pow(most, 1 / 7.0));
                levels[i] = Math.pow(root, 7);
                double t = timeOf(table, levels[i]);
                timesteps[i] = fractional ? t : Math.rint(t);
            }
        }
        levels[steps] = config.path("final_sigmas_type").asString("zero").equals("sigma_min") ? table[0] : 0;
        return new LevelGrid(levels, timesteps, fractional);
    }

    private double timestep(String spacing, int count, int i, boolean fractional) {
        int offset = config.path("steps_offset").asInt(0);
        switch (spacing) {
            case "trailing" -> {
                return Math.rint(count - (double) count / steps * i) - 1;
            }
            case "leading" -> {
                int parts = fractional ? steps : steps + 1;
                return (double) (parts - 1 - i) * (count / parts) + offset;
            }
            default -> {
                // The DPM solvers take one point more and leave the last out.
                return fractional
                        ? (count - 1.0) * (steps - 1 - i) / (steps - 1)
                        : Math.rint((count - 1.0) * (steps - i) / steps);
            }
        }
    }

    /** Linear interpolation of a table. */
    private static double between(double[] table, double at) {
        int i = Math.min((int) Math.floor(at), table.length - 2);
        return table[i] + (at - i) * (table[i + 1] - table[i]);
    }

    /** The fractional index of a level, linear in its logarithm. */
    private static double timeOf(double[] table, double level) {
        int i = 0;
        while (i < table.length - 2 && table[i + 1] <= level) {
            i++;
        }
        double part = (Math.log(level) - Math.log(table[i])) / (Math.log(table[i + 1]) - Math.log(table[i]));
        return i + Math.max(0, Math.min(1, part));
    }

    private void byLevel(LevelGrid grid, ProbabilityPath path) {
        var trained = Paths.variancePreservingByLevel(HIGHEST_LEVEL);
        var system = system(trained, prediction(), InputScale.NONE, told(grid));
        Denoiser model = system.denoiser(recorded());
        var asked = integrate(stepper(), path.equals(trained) ? model : model.on(path), grid.levels);
        boolean heun = kind.equals("HeunDiscreteScheduler");
        finish(path, grid, heun);
        double most = grid.levels[0];
        boolean plain = !config.path("timestep_spacing").asString("linspace").equals("leading");
        results.check(
                key("init_noise_sigma"), Tensor.scalar(!grid.fractional ? 1 : plain ? most : Math.hypot(most, 1)));
        if (results.has(key("pred_original"))) {
            results.check(key("pred_original"), asked.estimates());
        }
    }

    /** The time step that belongs to a level of the grid. */
    private static TimeInput told(LevelGrid grid) {
        return (path, level) -> grid.timesteps[nearest(grid.levels, level)];
    }

    private static int nearest(double[] values, double value) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            if (Math.abs(values[i] - value) < Math.abs(values[best] - value)) {
                best = i;
            }
        }
        return best;
    }

    private Stepper stepper() {
        return switch (kind) {
            case "EulerDiscreteScheduler" -> OdeStepper.of(RungeKutta.EULER);
            case "EulerAncestralDiscreteScheduler" -> Ddim.eta(1);
            case "HeunDiscreteScheduler" -> OdeStepper.of(RungeKutta.HEUN);
            case "LMSDiscreteScheduler" -> new LinearMultistep(4);
            case "DPMSolverSinglestepScheduler" -> new DpmSolverSinglestep();
            case "UniPCMultistepScheduler" -> new UniPc();
            default -> multistep();
        };
    }

    private Stepper multistep() {
        var type = config.path("algorithm_type").asString("dpmsolver++");
        var algorithm =
                switch (type) {
                    case "dpmsolver++" -> DpmSolver.Algorithm.DATA;
                    case "dpmsolver" -> DpmSolver.Algorithm.NOISE;
                    case "sde-dpmsolver++" -> DpmSolver.Algorithm.SDE;
                    default -> throw new MedleyException("algorithm " + type + " is not replayed");
                };
        var correction = config.path("solver_type").asString("midpoint").equals("heun")
                ? DpmSolver.Correction.HEUN
                : DpmSolver.Correction.MIDPOINT;
        return new DpmSolver(
                algorithm,
                config.path("solver_order").asInt(2),
                correction,
                config.path("lower_order_final").asBoolean(true));
    }

    // ------------------------------------------------------------------------------------------------ flows and EDM

    /** Levels from 1 to the shifted 1/T, evenly, and then shifted once more, as this version does. */
    private void flow() {
        int count = config.path("num_train_timesteps").asInt();
        double shift = config.path("shift").asDouble(1);
        double least = shifted(1.0 / count, shift);
        var times = new double[steps + 1];
        var told = new double[steps];
        for (int i = 0; i < steps; i++) {
            times[i] = shifted(1 + (least - 1) * i / (steps - 1), shift);
            told[i] = times[i] * count;
        }
        boolean heun = kind.equals("FlowMatchHeunDiscreteScheduler");
        var path = Paths.linear();
        var system = system(path, Prediction.VELOCITY, InputScale.NONE, TimeInput.affine(count, 0));
        integrate(OdeStepper.of(heun ? RungeKutta.HEUN : RungeKutta.EULER), system.denoiser(recorded()), times);
        finish(path, new LevelGrid(times, told, true), heun);
    }

    private static double shifted(double level, double shift) {
        return shift * level / (1 + (shift - 1) * level);
    }

    private void edm() {
        double sigmaData = config.path("sigma_data").asDouble();
        var path = Paths.edm(HIGHEST_LEVEL);
        double[] times = TimeGrid.karras(
                        config.path("sigma_min").asDouble(),
                        config.path("sigma_max").asDouble(),
                        config.path("rho").asDouble())
                .times(path, steps);
        var told = new double[steps];
        for (int i = 0; i < steps; i++) {
            told[i] = Math.log(times[i]) / 4;
        }
        var system = system(
                path, Prediction.edm(sigmaData), InputScale.unitVariance(sigmaData), TimeInput.logLevel(0.25, 1));
        var asked = integrate(OdeStepper.of(RungeKutta.EULER), system.denoiser(recorded()), times);
        finish(path, new LevelGrid(times, told, true), false);
        results.check(key("pred_original"), asked.estimates());
        results.check(key("init_noise_sigma"), Tensor.scalar(Math.hypot(times[0], 1)));
    }

    // ------------------------------------------------------------------------------------------------ shared

    /** The toy network, its outputs kept. */
    private Network recorded() {
        return (x, t) -> {
            var y = toy.forward(x, t);
            outputs.add(Scope.own(y.copy()));
            return y;
        };
    }

    /** Runs and compares states and outputs. */
    private Recorder integrate(Stepper stepper, Denoiser model, double[] grid) {
        var asked = new Recorder(model);
        var stored = results.input(key("xs"));
        var noise = new StoredNoise(results.input(key("noise")));
        var x = Sampler.integrate(
                stepper, asked, grid, stored.select(0, 0).to(DType.FLOAT64), noise, Sampler.Listener.NONE);
        results.check(key("xs"), asked.statesAnd(x), tolerance());
        results.check(key("model_out"), Tensor.stack(outputs, 0), tolerance());
        return asked;
    }

    private Tolerance tolerance() {
        return config.path("rescale_betas_zero_snr").asBoolean(false)
                        && arguments.path("eta").asDouble(0) > 0
                ? ROOT_OF_ROUNDING
                : Tolerance.FLOAT32;
    }

    /** Time steps, levels and noising; Heun's schedulers list inner points twice. */
    private void finish(ProbabilityPath path, LevelGrid grid, boolean heun) {
        double[] levels = heun ? innerTwice(grid.levels) : grid.levels;
        double[] timesteps = heun ? Arrays.copyOf(innerTwice(append(grid.timesteps)), 2 * steps - 1) : grid.timesteps;
        var steps = Tensor.of(timesteps, timesteps.length);
        results.check(key("timesteps"), grid.fractional ? steps : steps.to(DType.INT64));
        results.check(key("sigmas"), Tensor.of(levels, levels.length));
        if (results.has(key("add_noise_t"))) {
            double[] t = results.input(key("add_noise_t")).toDoubles();
            var at = new double[t.length];
            for (int i = 0; i < t.length; i++) {
                at[i] = grid.levels[nearest(grid.timesteps, t[i])];
            }
            var system = system(path, Prediction.EPSILON, InputScale.NONE, TimeInput.TIME);
            results.check(key("add_noise"), system.mix(results.input("x0"), results.input("noise_for_add"), at));
        }
    }

    private static double[] append(double[] values) {
        return Arrays.copyOf(values, values.length + 1);
    }

    /** a b c d → a b b c c d. */
    private static double[] innerTwice(double[] values) {
        var out = new double[2 * values.length - 2];
        for (int i = 0; i < out.length; i++) {
            out[i] = values[(i + 1) / 2];
        }
        return out;
    }

    private String key(String value) {
        return name + "." + value;
    }
}
