package io.medley.diffusion;

/**
 * The reverse-time SDE dx = (f·x − g²·∇log p)dt + g·dw̄ of any path by Euler's and Maruyama's method (Song et al., 2021), with f = α̇/α and g² =
 * 2σ²(σ̇/σ − α̇/α). No noise is added in the last step.
 */
public record EulerMaruyama() implements Stepper {
    @Override
    public Run begin(Denoiser denoiser, double[] grid, Noise noise) {
        var path = denoiser.path();
        return (x, i) -> {
            double t = grid[i];
            double dt = grid[i + 1] - t;
            double sigma = path.sigma(t);
            double f = path.alphaRate(t) / path.alpha(t);
            double g2 = 2 * sigma * (path.sigmaRate(t) - f * sigma);
            var score = denoiser.score(x, Batch.times(t, x));
            var mean = Batch.state(x).mul(1 + f * dt).sub(score.mul(g2 * dt));
            // Noise grows with time or against it; its variance over this step is positive either way.
            return i + 2 == grid.length
                    ? mean
                    : mean.add(noise.normal(x.shape()).mul(Math.sqrt(Math.max(0, -g2 * dt))));
        };
    }
}
