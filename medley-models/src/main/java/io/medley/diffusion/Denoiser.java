package io.medley.diffusion;

import io.medley.tensor.Tensor;

/**
 * An estimate of the data behind a noisy state, E[x₀ | x_t]: all that samplers know of a model. Implementations are thread-safe when their
 * network is, and treat samples of a batch independently.
 */
public interface Denoiser {

    /** The path whose coordinates and time this denoiser understands. */
    ProbabilityPath path();

    /**
     * x̂₀ for x (B, …) float64 at one time per sample; same shape and type.
     */
    Tensor denoise(Tensor x, double[] t);

    /** {@link #denoise(Tensor, double[])} at the same time for all samples. */
    default Tensor denoise(Tensor x, double t) {
        return denoise(x, Batch.times(t, x));
    }

    /**
     * The probability-flow velocity dx/dt = (σ̇/σ)·x + (α̇ − σ̇α/σ)·x̂₀, (B, …) float64. Where σ = 0 it is the limit for smooth densities,
     * α̇·x̂₀.
     */
    default Tensor velocity(Tensor x, double[] t) {
        var path = path();
        return Batch.combine(
                x,
                t,
                at -> path.sigma(at) == 0 ? 0 : path.sigmaRate(at) / path.sigma(at),
                denoise(x, t),
                at -> path.sigma(at) == 0
                        ? path.alphaRate(at)
                        : path.alphaRate(at) - path.sigmaRate(at) * path.alpha(at) / path.sigma(at));
    }

    /** ∇ log p(x_t) = (α·x̂₀ − x)/σ², (B, …) float64; needs σ > 0. */
    default Tensor score(Tensor x, double[] t) {
        var path = path();
        return Batch.combine(
                denoise(x, t),
                t,
                at -> path.alpha(at) / (path.sigma(at) * path.sigma(at)),
                x,
                at -> -1 / (path.sigma(at) * path.sigma(at)));
    }

    /** This denoiser with its estimate corrected: clipping, thresholding, inpainting. Everything else follows from the corrected x̂₀. */
    default Denoiser with(SampleHook hook) {
        var inner = this;
        return new Denoiser() {
            @Override
            public ProbabilityPath path() {
                return inner.path();
            }

            @Override
            public Tensor denoise(Tensor x, double[] t) {
                return hook.apply(inner.denoise(x, t), x, t);
            }
        };
    }

    /**
     * The same model seen on another path: the state is rescaled to the time at which this denoiser's path has the same noise level. So a
     * network trained on one path is sampled on any other.
     */
    default Denoiser on(ProbabilityPath other) {
        var inner = this;
        return new Denoiser() {
            @Override
            public ProbabilityPath path() {
                return other;
            }

            @Override
            public Tensor denoise(Tensor x, double[] t) {
                double[] own = Batch.map(t, at -> inner.path().timeOfNoiseLevel(other.noiseLevel(at)));
                var factors = new double[t.length];
                for (int i = 0; i < t.length; i++) {
                    // At equal noise levels both ratios are the same; this one is never 0/0.
                    factors[i] = other.noiseLevel(t[i]) > 1
                            ? inner.path().sigma(own[i]) / other.sigma(t[i])
                            : inner.path().alpha(own[i]) / other.alpha(t[i]);
                }
                return inner.denoise(Batch.state(x).mul(Batch.column(factors, x)), own);
            }
        };
    }

    /** A velocity field as a denoiser: x̂₀ = (σ̇·x − σ·u)/(σ̇α − σα̇). */
    static Denoiser ofVelocity(ProbabilityPath path, VectorField field) {
        return new Denoiser() {
            @Override
            public ProbabilityPath path() {
                return path;
            }

            @Override
            public Tensor denoise(Tensor x, double[] t) {
                return Prediction.VELOCITY.convert(Prediction.SAMPLE, path, field.at(x, t), x, t);
            }

            @Override
            public Tensor velocity(Tensor x, double[] t) {
                return field.at(x, t);
            }
        };
    }
}
