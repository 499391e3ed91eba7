package io.medley.diffusion;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;

/**
 * The first-order step of every path, x_s = α_s·x̂₀ + √(σ_s² − η²τ²)·ε̂ + η·τ·z with τ² = σ_s²·(1 − σ_s²α_t²/(α_s²σ_t²)). On a
 * variance-preserving path it is DDIM (Song et al., 2021), with η = 1 DDPM; on a VE path Euler and, with η = 1, the ancestral Euler of
 * k-diffusion; on straight lines with η = 0 the Euler step of flow matching and rectified flow.
 *
 * @param eta 0 deterministic … 1 ancestral
 * @param largeVariance noise of the forward step's variance instead of the posterior's (DDPM's fixedlarge)
 * @param correction changes x̂₀ after ε̂ was taken from the uncorrected one: diffusers' {@code clip_sample} without
 *     {@code use_clipped_model_output}. To correct both, use {@link Denoiser#with}
 */
public record Ddim(double eta, boolean largeVariance, SampleHook correction) implements Stepper {
    private static final SampleHook NONE = (estimate, x, t) -> estimate;

    public Ddim {
        if (!(eta >= 0 && eta <= 1)) {
            throw new MedleyException("eta " + eta + " must be in [0, 1]");
        }
    }

    /** The usual step. */
    public static Ddim eta(double eta) {
        return new Ddim(eta, false, NONE);
    }

    /** DDPM's ancestral step with the posterior's variance, or the forward step's. */
    public static Ddim ancestral(boolean largeVariance) {
        return new Ddim(1, largeVariance, NONE);
    }

    @Override
    public Run begin(Denoiser denoiser, double[] grid, Noise noise) {
        var path = denoiser.path();
        return (x, i) -> {
            double t = grid[i];
            double s = grid[i + 1];
            var times = Batch.times(t, x);
            var estimate = denoiser.denoise(x, times);
            var eps = noiseOf(denoiser, x, estimate, t);
            double posterior = eta * Math.sqrt(posteriorVariance(path, t, s));
            double direction = Math.sqrt(Math.max(0, path.sigma(s) * path.sigma(s) - posterior * posterior));
            var next = correction.apply(estimate, x, times).mul(path.alpha(s)).add(eps.mul(direction));
            double added = largeVariance ? eta * forwardDeviation(path, t, s) : posterior;
            return added > 0 && path.sigma(s) > 0
                    ? next.add(noise.normal(x.shape()).mul(added))
                    : next;
        };
    }

    /** τ²: the variance of x_s given x_t and x₀, β̃ of DDPM. */
    public static double posteriorVariance(ProbabilityPath path, double t, double s) {
        double kept = path.sigma(s) * path.alpha(t) / (path.alpha(s) * path.sigma(t));
        return Math.max(0, path.sigma(s) * path.sigma(s) * (1 - kept * kept));
    }

    /** Standard deviation of x_t given x_s. */
    private static double forwardDeviation(ProbabilityPath path, double t, double s) {
        double carried = path.alpha(t) / path.alpha(s) * path.sigma(s);
        return Math.sqrt(Math.max(0, path.sigma(t) * path.sigma(t) - carried * carried));
    }

    /** ε̂ of an estimate, (B, …) float64. */
    static Tensor noiseOf(Denoiser denoiser, Tensor x, Tensor estimate, double t) {
        return Batch.state(x)
                .sub(estimate.mul(denoiser.path().alpha(t)))
                .div(denoiser.path().sigma(t));
    }
}
