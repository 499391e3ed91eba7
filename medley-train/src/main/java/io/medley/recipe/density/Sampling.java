package io.medley.recipe.density;

import io.medley.diffusion.Churn;
import io.medley.diffusion.ProbabilityPath;
import io.medley.diffusion.Sampler;
import io.medley.diffusion.Samplers;
import io.medley.diffusion.TimeGrid;
import io.medley.tensor.MedleyException;
import org.jspecify.annotations.Nullable;

/**
 * How a diffusion or flow-matching model is sampled; normalizing flows need none of it.
 *
 * @param sampler a name of {@link Samplers#names}
 * @param steps of the grid
 * @param grid where it stops by
 * @param eta noise of {@code ddim}, 0 to 1
 * @param churn noise added before steps of {@code euler} and {@code heun}
 */
public record Sampling(String sampler, int steps, Grid grid, double eta, double churn) {
    /** Heun's method in 40 steps. */
    public static final Sampling DEFAULT = new Sampling("heun", 40, Grid.DEFAULT, 0, 0);

    /**
     * A time grid.
     *
     * @param name one {@link Samplers#grid} knows
     * @param sigmaMin noise level σ/α at which {@code karras} and {@code logsnr} end, or null for the usual one
     * @param sigmaMax noise level at which they begin, or null for the usual one
     * @param shift factor of all noise levels
     */
    public record Grid(String name, @Nullable Double sigmaMin, @Nullable Double sigmaMax, double shift) {
        /** What suits the path. */
        public static final Grid DEFAULT = new Grid("auto", null, null, 1);

        /** The grid for a path. */
        public TimeGrid on(ProbabilityPath path) {
            var times = sigmaMin == null && sigmaMax == null ? Samplers.grid(name, path) : between(path);
            return shift == 1 ? times : times.shifted(shift);
        }

        private TimeGrid between(ProbabilityPath path) {
            var levels = name.equals("auto") ? "karras" : name;
            if (!levels.equals("karras") && !levels.equals("logsnr")) {
                throw new MedleyException("sigma-min and sigma-max belong to the grids karras and logsnr; grid " + name
                        + " has no use for them");
            }
            return Samplers.grid(
                    levels,
                    path,
                    sigmaMin == null ? Samplers.leastLevel(path) : sigmaMin,
                    sigmaMax == null ? Samplers.mostLevel(path) : sigmaMax);
        }
    }

    public Sampling {
        if (steps < 1) {
            throw new MedleyException("steps " + steps + ": give 1 or more");
        }
    }

    public Sampling with(String sampler, int steps) {
        return new Sampling(sampler, steps, grid, eta, churn);
    }

    /** The sampler for a path. */
    Sampler on(ProbabilityPath path) {
        var stepper = Samplers.stepper(sampler, eta, new Churn(churn, 0, Double.POSITIVE_INFINITY, 1));
        return new Sampler(stepper, grid.on(path), steps);
    }
}
