package io.medley.diffusion;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;

/**
 * What a network predicts. Every choice y is an affine map of the data estimate at given x and t, x̂₀ = skip·x + out·y, so all of them
 * convert into each other exactly.
 */
public sealed interface Prediction {

    /** The noise ε (DDPM). */
    Prediction EPSILON = new Epsilon();
    /** The data x₀ itself. */
    Prediction SAMPLE = new Sample();
    /** v = α·ε − σ·x₀ (Salimans and Ho, 2022). */
    Prediction V = new V();
    /** dx_t/dt = α̇·x₀ + σ̇·ε (flow matching, rectified flow), in the direction of the path's own time. */
    Prediction VELOCITY = new Velocity();
    /** ∇ log p(x_t) = −ε/σ. */
    Prediction SCORE = new Score();

    /** σ·∇ log p(x_t) = −ε, of unit size at every noise level (Song's VE networks). */
    Prediction SCALED_SCORE = new ScaledScore();

    /** EDM's F of unit variance, for data of standard deviation {@code sigmaData} (Karras et al., 2022). */
    static Prediction edm(double sigmaData) {
        return new Edm(sigmaData);
    }

    /** x̂₀ = skip·x + out·y. */
    record Affine(double skip, double out) {}

    /** The map from this prediction to x̂₀ at time t. */
    Affine toSample(ProbabilityPath path, double t);

    /** What the network should have predicted, from the data, the noise and their mixture. Exact at every t at which it is defined. */
    default Tensor target(ProbabilityPath path, Tensor x0, Tensor noise, Tensor x, double[] t) {
        return Batch.combine(
                x,
                t,
                at -> -toSample(path, at).skip() / toSample(path, at).out(),
                x0,
                at -> 1 / toSample(path, at).out());
    }

    /** Turns this prediction into another, both (B, …) float64. */
    default Tensor convert(Prediction to, ProbabilityPath path, Tensor y, Tensor x, double[] t) {
        if (equals(to)) {
            return y;
        }
        return Batch.combine(
                x,
                t,
                at -> {
                    var from = toSample(path, at);
                    var into = to.toSample(path, at);
                    return (from.skip() - into.skip()) / into.out();
                },
                y,
                at -> toSample(path, at).out() / to.toSample(path, at).out());
    }

    /** See {@link #EPSILON}. */
    record Epsilon() implements Prediction {
        @Override
        public Affine toSample(ProbabilityPath path, double t) {
            return new Affine(1 / path.alpha(t), -path.sigma(t) / path.alpha(t));
        }

        @Override
        public Tensor target(ProbabilityPath path, Tensor x0, Tensor noise, Tensor x, double[] t) {
            return noise;
        }
    }

    /** See {@link #SAMPLE}. */
    record Sample() implements Prediction {
        @Override
        public Affine toSample(ProbabilityPath path, double t) {
            return new Affine(0, 1);
        }

        @Override
        public Tensor target(ProbabilityPath path, Tensor x0, Tensor noise, Tensor x, double[] t) {
            return x0;
        }
    }

    /** See {@link Prediction#V}. */
    record V() implements Prediction {
        @Override
        public Affine toSample(ProbabilityPath path, double t) {
            double a = path.alpha(t);
            double s = path.sigma(t);
            return new Affine(a / (a * a + s * s), -s / (a * a + s * s));
        }

        @Override
        public Tensor target(ProbabilityPath path, Tensor x0, Tensor noise, Tensor x, double[] t) {
            return Batch.combine(noise, t, path::alpha, x0, at -> -path.sigma(at));
        }
    }

    /** See {@link #VELOCITY}. */
    record Velocity() implements Prediction {
        @Override
        public Affine toSample(ProbabilityPath path, double t) {
            double d = path.sigmaRate(t) * path.alpha(t) - path.sigma(t) * path.alphaRate(t);
            return new Affine(path.sigmaRate(t) / d, -path.sigma(t) / d);
        }

        @Override
        public Tensor target(ProbabilityPath path, Tensor x0, Tensor noise, Tensor x, double[] t) {
            return Batch.combine(x0, t, path::alphaRate, noise, path::sigmaRate);
        }
    }

    /** See {@link #SCORE}. */
    record Score() implements Prediction {
        @Override
        public Affine toSample(ProbabilityPath path, double t) {
            double s = path.sigma(t);
            return new Affine(1 / path.alpha(t), s * s / path.alpha(t));
        }

        @Override
        public Tensor target(ProbabilityPath path, Tensor x0, Tensor noise, Tensor x, double[] t) {
            return Batch.scale(noise, t, at -> -1 / path.sigma(at));
        }
    }

    /** See {@link #SCALED_SCORE}. */
    record ScaledScore() implements Prediction {
        @Override
        public Affine toSample(ProbabilityPath path, double t) {
            return new Affine(1 / path.alpha(t), path.sigma(t) / path.alpha(t));
        }

        @Override
        public Tensor target(ProbabilityPath path, Tensor x0, Tensor noise, Tensor x, double[] t) {
            return noise.neg();
        }
    }

    /** See {@link #edm}. */
    record Edm(double sigmaData) implements Prediction {
        public Edm {
            if (!(sigmaData > 0 && Double.isFinite(sigmaData))) {
                throw new MedleyException("prediction edm: sigmaData " + sigmaData + " must be a positive number");
            }
        }

        @Override
        public Affine toSample(ProbabilityPath path, double t) {
            double level = path.noiseLevel(t);
            double sum = level * level + sigmaData * sigmaData;
            return new Affine(sigmaData * sigmaData / sum / path.alpha(t), level * sigmaData / Math.sqrt(sum));
        }
    }
}
