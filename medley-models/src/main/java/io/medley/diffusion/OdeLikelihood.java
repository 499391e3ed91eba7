package io.medley.diffusion;

import io.medley.tensor.DType;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import org.jspecify.annotations.Nullable;

/**
 * The likelihood of a probability-flow ODE (Song et al., 2021): log p(x₀) = log N(x_T) + ∫ div u dt, with x and the integral solved together.
 *
 * @param denoiser a model whose operations record gradients
 * @param start the time at which data are taken to be; the path's data end where the model is defined there
 * @param solver accuracy of the integral
 * @param probes noise for Hutchinson's estimate of the divergence, one Rademacher vector per sample (its streams make the estimate
 *     repeatable); null for the exact divergence, one backward pass per dimension
 */
public record OdeLikelihood(Denoiser denoiser, double start, OdeSolver solver, @Nullable Noise probes) {

    /** With the exact divergence; for few dimensions. */
    public static OdeLikelihood exact(Denoiser denoiser, double start) {
        return new OdeLikelihood(denoiser, start, new AdaptiveRk45(1e-5, 1e-5), null);
    }

    /** With Hutchinson's estimate. */
    public static OdeLikelihood hutchinson(Denoiser denoiser, double start, Noise probes) {
        return new OdeLikelihood(denoiser, start, new AdaptiveRk45(1e-5, 1e-5), probes);
    }

    /** ln p(x) of data (B, …) in nats: (B) float64. */
    public Tensor logDensity(Tensor x) {
        return solve(x).logDensity();
    }

    /** Mean negative log-likelihood of data (B, …) in nats, a float64 scalar. */
    public Tensor nll(Tensor x) {
        return logDensity(x).mean().neg();
    }

    /**
     * Where data end up.
     *
     * @param logDensity of the data in nats, (B) float64
     * @param noise the state at the path's noise end, (B, …) float64
     */
    public record Solution(Tensor logDensity, Tensor noise) {}

    /** Solves for data (B, …). */
    public Solution solve(Tensor x) {
        long batch = x.size(0);
        long elements = x.numel() / batch;
        var path = denoiser.path();
        // The probe travels with its sample, because the solver drops samples that have arrived.
        var parts = new ArrayList<Tensor>();
        parts.add(Batch.state(x).reshape(batch, elements));
        parts.add(Tensor.zeros(DType.FLOAT64, batch, 1));
        if (probes != null) {
            parts.add(signs(probes.normal(batch, elements)));
        }
        Tensor end;
        try (var off = NoGrad.open()) {
            end = solver.solve(
                    (y, t) -> slope(y, t, elements, x.shape()), Tensor.cat(parts, 1), start, path.noiseTime());
        }
        var noise = end.narrow(1, 0, elements);
        double scale = path.priorScale(path.noiseTime());
        var prior = Batch.sums(noise.mul(noise))
                .mul(-0.5 / (scale * scale))
                .sub(elements * (Math.log(scale) + 0.5 * Math.log(2 * Math.PI)));
        return new Solution(prior.add(end.select(1, elements)), noise.reshape(x.shape()));
    }

    /** [u, div u] or [u, div u, 0]: (B, D + 1) or (B, 2D + 1). */
    private Tensor slope(Tensor y, double[] t, long elements, long[] shape) {
        long batch = y.size(0);
        var one = shape.clone();
        one[0] = batch;
        try (var on = NoGrad.withGrad()) {
            var leaf = y.narrow(1, 0, elements).reshape(one).copy().requiresGrad(true);
            var u = denoiser.velocity(leaf, t);
            var flat = u.reshape(batch, elements);
            if (probes == null) {
                return Tensor.cat(1, flat, exactDivergence(u, leaf).unsqueeze(1))
                        .detach();
            }
            var probe = y.narrow(1, elements + 1, elements);
            var estimate = estimatedDivergence(u, leaf, probe.reshape(one)).unsqueeze(1);
            return Tensor.cat(1, flat, estimate, probe.mul(0)).detach();
        }
    }

    private static Tensor estimatedDivergence(Tensor u, Tensor x, Tensor probe) {
        return Batch.sums(Tensor.gradient(u, x, probe, false).mul(probe));
    }

    /** Σ ∂u_d/∂x_d: samples do not meet in the model, so one backward pass serves a dimension of all. */
    private static Tensor exactDivergence(Tensor u, Tensor x) {
        long batch = x.size(0);
        int elements = Math.toIntExact(x.numel() / batch);
        var total = Tensor.zeros(DType.FLOAT64, batch);
        for (int d = 0; d < elements; d++) {
            var unit = new double[elements];
            unit[d] = 1;
            var weights = Tensor.of(unit, 1, elements).expand(batch, elements).reshape(u.shape());
            total = total.add(Tensor.gradient(u, x, weights, false)
                    .reshape(batch, elements)
                    .select(1, d));
        }
        return total;
    }

    private static Tensor signs(Tensor normal) {
        return normal.gt(0).to(DType.FLOAT64).mul(2).add(-1);
    }
}
