package io.medley.diffusion;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.function.DoubleUnaryOperator;

/**
 * A path between two given samples with noise of its own around it, x_t = α·x₀ + σ·x₁ + γ·ε (conditional flow matching and Schrödinger bridges,
 * Tong et al., 2024).
 *
 * @param path the mean between the two ends
 * @param deviation σ of the literature, the scale of γ
 * @param width γ(t)
 * @param widthRate γ̇(t)
 */
public record Bridge(ProbabilityPath path, double deviation, DoubleUnaryOperator width, DoubleUnaryOperator widthRate) {
    public Bridge {
        if (!(deviation > 0 && Double.isFinite(deviation))) {
            throw new MedleyException("bridge: the deviation " + deviation + " must be a positive number");
        }
    }

    /** The same noise everywhere. */
    public static Bridge tube(ProbabilityPath path, double deviation) {
        return new Bridge(path, deviation, t -> deviation, t -> 0);
    }

    /** A Brownian bridge: γ = σ·√(t(1 − t)). */
    public static Bridge brownian(ProbabilityPath path, double deviation) {
        return new Bridge(
                path,
                deviation,
                t -> deviation * Math.sqrt(t * (1 - t)),
                t -> deviation * (1 - 2 * t) / (2 * Math.sqrt(t * (1 - t))));
    }

    /** x_t, (B, …) float64. */
    public Tensor state(Tensor data, Tensor source, Tensor noise, double[] t) {
        return Batch.combine(data, t, path::alpha, source, path::sigma).add(Batch.scale(noise, t, width));
    }

    /** dx_t/dt for these ends and this noise, (B, …) float64: what a network learns. */
    public Tensor velocity(Tensor data, Tensor source, Tensor noise, double[] t) {
        return Batch.combine(data, t, path::alphaRate, source, path::sigmaRate).add(Batch.scale(noise, t, widthRate));
    }

    /** Weight λ(t) = 2γ/σ² that makes a score loss of unit size. */
    public double scoreWeight(double t) {
        return 2 * width.applyAsDouble(t) / (deviation * deviation);
    }
}
