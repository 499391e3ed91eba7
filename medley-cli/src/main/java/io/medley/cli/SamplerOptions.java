package io.medley.cli;

import io.medley.diffusion.Churn;
import io.medley.diffusion.ProbabilityPath;
import io.medley.diffusion.Sampler;
import io.medley.diffusion.Samplers;
import picocli.CommandLine.Option;

/** How continuous generative models are sampled. */
final class SamplerOptions {
    @Option(
            names = "--sampler",
            paramLabel = "NAME",
            description =
                    "ddpm, ddim, ancestral, euler, heun, midpoint, dpm++2m, sde-dpm++2m, dpm++2s, unipc, lms, plms,"
                            + " euler-maruyama, predictor-corrector or rk45. Default: heun.")
    private String sampler = "heun";

    @Option(names = "--steps", paramLabel = "N", description = "Steps of the grid. Default: 40.")
    private int steps = 40;

    @Option(
            names = "--grid",
            paramLabel = "NAME",
            description = "auto, uniform, quadratic, karras, logsnr, trailing, leading, linspace or ddim-quadratic."
                    + " Default: auto.")
    private String grid = "auto";

    @Option(names = "--shift", paramLabel = "S", description = "Factor of all noise levels of the grid. Default: 1.")
    private double shift = 1;

    @Option(names = "--eta", paramLabel = "E", description = "Noise of ddim, 0 to 1. Default: 0.")
    private double eta;

    @Option(
            names = "--churn",
            paramLabel = "C",
            description = "Noise added before steps of euler and heun. Default: 0.")
    private double churn;

    /** The sampler for a path. */
    Sampler sampler(ProbabilityPath path) {
        var stepper = Samplers.stepper(sampler, eta, new Churn(churn, 0, Double.POSITIVE_INFINITY, 1));
        var times = Samplers.grid(grid, path);
        return new Sampler(stepper, shift == 1 ? times : times.shifted(shift), steps);
    }
}
