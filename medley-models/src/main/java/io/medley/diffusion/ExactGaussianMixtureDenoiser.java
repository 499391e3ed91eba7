package io.medley.diffusion;

import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;

/**
 * E[x₀ | x_t], score, velocity and density of a mixture of round Gaussians on any path, in closed form: every sampler can be tested with no
 * training at all.
 */
public final class ExactGaussianMixtureDenoiser implements Denoiser {
    private final ProbabilityPath path;
    private final Tensor logWeights; // (1, K)
    private final Tensor means; // (1, K, D)
    private final Tensor variances; // (1, K)
    private final int dimensions;

    /**
     * @param weights of the K parts, positive; they are normalised
     * @param means (K, D)
     * @param deviations standard deviation of each part, the same in every dimension
     */
    public ExactGaussianMixtureDenoiser(ProbabilityPath path, double[] weights, double[][] means, double[] deviations) {
        int k = weights.length;
        if (k == 0 || means.length != k || deviations.length != k) {
            throw new MedleyException("mixture: " + k + " weights, " + means.length + " means and " + deviations.length
                    + " deviations; give one of each per part");
        }
        this.path = path;
        this.dimensions = means[0].length;
        var flat = new double[k * dimensions];
        double total = 0;
        for (double weight : weights) {
            total += weight;
        }
        var logs = new double[k];
        for (int i = 0; i < k; i++) {
            if (!(weights[i] > 0 && deviations[i] > 0) || means[i].length != dimensions) {
                throw new MedleyException("mixture: part " + i + " needs a positive weight and deviation and "
                        + dimensions + " coordinates");
            }
            System.arraycopy(means[i], 0, flat, i * dimensions, dimensions);
            logs[i] = Math.log(weights[i] / total);
        }
        this.logWeights = Tensor.of(logs, 1, k);
        this.means = Tensor.of(flat, 1, k, dimensions);
        this.variances = Tensor.of(Batch.map(deviations, s -> s * s), 1, k);
    }

    /** {@code count} equal Gaussians on a circle in the plane. */
    public static ExactGaussianMixtureDenoiser circle(
            ProbabilityPath path, int count, double radius, double deviation) {
        var weights = new double[count];
        var means = new double[count][];
        var deviations = new double[count];
        for (int i = 0; i < count; i++) {
            weights[i] = 1;
            deviations[i] = deviation;
            double angle = 2 * Math.PI * i / count;
            means[i] = new double[] {radius * Math.cos(angle), radius * Math.sin(angle)};
        }
        return new ExactGaussianMixtureDenoiser(path, weights, means, deviations);
    }

    @Override
    public ProbabilityPath path() {
        return path;
    }

    /** The same mixture on another path. */
    @Override
    public ExactGaussianMixtureDenoiser on(ProbabilityPath other) {
        return new ExactGaussianMixtureDenoiser(this, other);
    }

    private ExactGaussianMixtureDenoiser(ExactGaussianMixtureDenoiser like, ProbabilityPath path) {
        this.path = path;
        this.logWeights = like.logWeights;
        this.means = like.means;
        this.variances = like.variances;
        this.dimensions = like.dimensions;
    }

    /** Everything the closed forms need: all (B, K) but the differences αμ − x, (B, K, D). */
    private record Parts(Tensor alpha, Tensor sigma2, Tensor variance, Tensor difference, Tensor logJoint) {}

    private Parts parts(Tensor x, double[] t) {
        var flat = flat(x); // (B, D)
        var alpha = Batch.column(Batch.map(t, path::alpha), flat); // (B, 1)
        var sigma2 = Batch.column(Batch.map(t, at -> path.sigma(at) * path.sigma(at)), flat);
        var variance = variances.mul(alpha.mul(alpha)).add(sigma2); // (B, K)
        var difference = means.mul(alpha.unsqueeze(2)).sub(flat.unsqueeze(1)); // (B, K, D)
        var squares = difference.mul(difference).sum(2, false); // (B, K)
        var logJoint = logWeights
                .sub(variance.mul(2 * Math.PI).log().mul(dimensions / 2.0))
                .sub(squares.div(variance.mul(2)));
        return new Parts(alpha, sigma2, variance, difference, logJoint);
    }

    @Override
    public Tensor denoise(Tensor x, double[] t) {
        var parts = parts(x, t);
        // Given part k: E[x₀ | x, k] = μ + s²α(x − αμ)/(s²α² + σ²).
        var gain = variances.mul(parts.alpha).div(parts.variance).unsqueeze(2); // (B, K, 1)
        var each = means.sub(parts.difference.mul(gain)); // (B, K, D)
        return average(parts, each).reshape(x.shape());
    }

    @Override
    public Tensor score(Tensor x, double[] t) {
        var parts = parts(x, t);
        return average(parts, parts.difference.div(parts.variance.unsqueeze(2))).reshape(x.shape());
    }

    @Override
    public Tensor velocity(Tensor x, double[] t) {
        // ε̂ = −σ·score has no singularity at σ = 0.
        return Batch.combine(
                denoise(x, t),
                t,
                path::alphaRate,
                score(x, t),
                at -> path.sigma(at) == 0 ? 0 : -path.sigma(at) * path.sigmaRate(at));
    }

    /** ln p(x_t) of states (B, D), in nats: (B). */
    public Tensor logDensity(Tensor x, double[] t) {
        return parts(x, t).logJoint.logSumExp(1, false);
    }

    /** {@code n} exact samples of the data, (n, D) float64. */
    public Tensor data(Generator generator, int n) {
        long k = means.size(1);
        var which = generator.multinomial(logWeights.exp().expand(n, k)); // (n)
        var deviation = variances.sqrt().reshape(k).indexSelect(0, which).unsqueeze(1); // (n, 1)
        return means.reshape(k, dimensions)
                .indexSelect(0, which)
                .add(Batch.state(generator.normal(n, dimensions)).mul(deviation));
    }

    private static Tensor average(Parts parts, Tensor each) {
        return parts.logJoint.softmax(1).unsqueeze(2).mul(each).sum(1, false); // (B, D)
    }

    private Tensor flat(Tensor x) {
        if (x.numel() != x.size(0) * dimensions) {
            throw new MedleyException("mixture of " + dimensions + " dimensions: got a state of shape "
                    + java.util.Arrays.toString(x.shape()));
        }
        return Batch.state(x).reshape(x.size(0), dimensions);
    }
}
