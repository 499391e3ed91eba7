package io.medley.diffusion;

import io.medley.tensor.MedleyException;

/**
 * Annealed Langevin dynamics (Song and Ermon, 2019): at every noise level σ_i of the grid {@code steps} updates x += ½a·∇log p + √a·z with a =
 * {@code rate}·σ_i²/σ_last²; the step into σ = 0 ends with the data estimate (Jolicoeur-Martineau et al., 2021). Plain Langevin dynamics is
 * a grid of one level.
 */
public record AnnealedLangevin(double rate, int steps) implements Stepper {
    public AnnealedLangevin {
        if (!(rate > 0 && steps >= 1)) {
            throw new MedleyException(
                    "annealed Langevin: need a positive rate and 1 or more steps, got " + rate + " and " + steps);
        }
    }

    @Override
    public Run begin(Denoiser denoiser, double[] grid, Noise noise) {
        var path = denoiser.path();
        double last = path.noiseLevel(grid[grid.length - 1]) > 0
                ? path.noiseLevel(grid[grid.length - 1])
                : path.noiseLevel(grid[grid.length - 2]);
        return (x, i) -> {
            double t = grid[i];
            double s = grid[i + 1];
            double level = path.noiseLevel(t) / last;
            // In the coordinates of the path; the noise level is relative to α.
            double a = rate * level * level * path.alpha(t) * path.alpha(t);
            var state = Batch.state(x);
            for (int k = 0; k < steps; k++) {
                var score = denoiser.score(state, Batch.times(t, x));
                state = state.add(score.mul(a / 2)).add(noise.normal(x.shape()).mul(Math.sqrt(a)));
            }
            return path.sigma(s) == 0
                    ? denoiser.denoise(state, t).mul(path.alpha(s))
                    : state.mul(path.alpha(s) / path.alpha(t));
        };
    }
}
