package io.medley.cli;

import io.medley.recipe.density.Sampling;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** How continuous generative models are sampled. */
final class SamplerOptions {
    @Option(
            names = "--sampler",
            paramLabel = "NAME",
            description =
                    "ddpm, ddim, ancestral, euler, heun, midpoint, dpm++2m, sde-dpm++2m, dpm++2s, unipc, lms, plms,"
                            + " euler-maruyama, predictor-corrector or rk45. Default: heun.")
    private @Nullable String sampler;

    @Option(names = "--steps", paramLabel = "N", description = "Steps of the grid. Default: 40.")
    private @Nullable Integer steps;

    @Mixin
    private GridOptions grid = new GridOptions();

    @Option(names = "--eta", paramLabel = "E", description = "Noise of ddim, 0 to 1. Default: 0.")
    private @Nullable Double eta;

    @Option(
            names = "--churn",
            paramLabel = "C",
            description = "Noise added before steps of euler and heun. Default: 0.")
    private @Nullable Double churn;

    /** What was asked for; null if nothing was, since normalizing flows refuse any choice. */
    @Nullable
    Sampling sampling() {
        if (sampler == null && steps == null && !grid.given() && eta == null && churn == null) {
            return null;
        }
        var usual = Sampling.DEFAULT;
        return new Sampling(
                sampler == null ? usual.sampler() : sampler,
                steps == null ? usual.steps() : steps,
                grid.grid(),
                eta == null ? usual.eta() : eta,
                churn == null ? usual.churn() : churn);
    }
}
