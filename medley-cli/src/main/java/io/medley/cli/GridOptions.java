package io.medley.cli;

import io.medley.recipe.density.Sampling;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** The times at which a sampler stops by. */
final class GridOptions {
    @Option(
            names = "--grid",
            paramLabel = "NAME",
            description = "auto, uniform, quadratic, karras, logsnr, trailing, leading, linspace or ddim-quadratic."
                    + " Default: auto.")
    private @Nullable String name;

    @Option(
            names = "--sigma-max",
            paramLabel = "S",
            description = "Noise level at which karras and logsnr begin. Default: the path's, at most 80.")
    private @Nullable Double sigmaMax;

    @Option(
            names = "--sigma-min",
            paramLabel = "S",
            description = "Noise level at which they end. Default: the path's, at least 0.002.")
    private @Nullable Double sigmaMin;

    @Option(names = "--shift", paramLabel = "S", description = "Factor of all noise levels of the grid. Default: 1.")
    private @Nullable Double shift;

    /** Whether any of these was given. */
    boolean given() {
        return name != null || sigmaMax != null || sigmaMin != null || shift != null;
    }

    Sampling.Grid grid() {
        var usual = Sampling.Grid.DEFAULT;
        return new Sampling.Grid(
                name == null ? usual.name() : name, sigmaMin, sigmaMax, shift == null ? usual.shift() : shift);
    }
}
