package io.medley.diffusion;

import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import org.jspecify.annotations.Nullable;

/**
 * DPM-Solver++(2S) (Lu et al., 2022) on a given grid: every second point is the inner stage of a second-order step over two intervals. The
 * last interval, and the last but one of an even number, have order 1.
 */
public record DpmSolverSinglestep() implements Stepper {
    @Override
    public Run begin(Denoiser denoiser, double[] grid, Noise noise) {
        return new Singlestep(denoiser, grid);
    }

    private static final class Singlestep implements Run {
        private final Denoiser denoiser;
        private final ProbabilityPath path;
        private final double[] grid;
        /** State and estimate at the start of the pair of intervals. */
        private @Nullable Tensor start;

        private @Nullable Tensor startEstimate;

        Singlestep(Denoiser denoiser, double[] grid) {
            this.denoiser = denoiser;
            this.path = denoiser.path();
            this.grid = grid;
        }

        @Override
        public Tensor step(Tensor x, int i) {
            var estimate = denoiser.denoise(x, grid[i]);
            boolean last = i + 2 >= grid.length;
            if (i % 2 == 1 && !last && start != null && startEstimate != null) {
                double h = path.halfLogSnr(grid[i + 1]) - path.halfLogSnr(grid[i - 1]);
                double r = (path.halfLogSnr(grid[i]) - path.halfLogSnr(grid[i - 1])) / h;
                double scale = -path.alpha(grid[i + 1]) * Math.expm1(-h);
                var slope = estimate.sub(startEstimate).mul(1 / r);
                var next = start.mul(path.sigma(grid[i + 1]) / path.sigma(grid[i - 1]))
                        .add(startEstimate.mul(scale))
                        .add(slope.mul(0.5 * scale));
                start.close();
                startEstimate.close();
                start = null;
                startEstimate = null;
                return next;
            }
            double h = path.halfLogSnr(grid[i + 1]) - path.halfLogSnr(grid[i]);
            if (i % 2 == 0) {
                start = Scope.own(Batch.state(x).copy());
                startEstimate = Scope.own(estimate.copy());
            }
            return Batch.state(x)
                    .mul(path.sigma(grid[i + 1]) / path.sigma(grid[i]))
                    .add(estimate.mul(-path.alpha(grid[i + 1]) * Math.expm1(-h)));
        }
    }
}
