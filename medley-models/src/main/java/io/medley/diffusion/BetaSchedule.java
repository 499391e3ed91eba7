package io.medley.diffusion;

import io.medley.tensor.MedleyException;

/**
 * Noise schedules of discrete-time diffusion: β for steps 0 … T−1 in float64, under the names of ermongroup/ddim and huggingface/diffusers.
 */
public final class BetaSchedule {
    private static final double LARGEST_BETA = 0.999;

    private BetaSchedule() {}

    /** DDPM: linear from {@code start} to {@code end}. */
    public static double[] linear(double start, double end, int steps) {
        var betas = new double[checked(start, end, steps)];
        for (int i = 0; i < steps; i++) {
            betas[i] = steps == 1 ? start : start + (end - start) * i / (steps - 1);
        }
        return betas;
    }

    /** Stable Diffusion's {@code scaled_linear}, ddim's {@code quad}: √β is linear. */
    public static double[] scaledLinear(double start, double end, int steps) {
        var roots = linear(Math.sqrt(start), Math.sqrt(end), checked(start, end, steps));
        for (int i = 0; i < steps; i++) {
            roots[i] *= roots[i];
        }
        return roots;
    }

    /** ddim's {@code const}. */
    public static double[] constant(double beta, int steps) {
        var betas = new double[checked(beta, beta, steps)];
        java.util.Arrays.fill(betas, beta);
        return betas;
    }

    /** ddim's {@code jsd}: 1/T, 1/(T−1), … 1. */
    public static double[] jensenShannon(int steps) {
        var betas = new double[checked(0.5, 0.5, steps)];
        for (int i = 0; i < steps; i++) {
            betas[i] = 1.0 / (steps - i);
        }
        return betas;
    }

    /** ddim's {@code sigmoid}: a logistic curve over −6 … 6. */
    public static double[] sigmoid(double start, double end, int steps) {
        var x = linear(0, 1, checked(start, end, steps));
        for (int i = 0; i < steps; i++) {
            x[i] = start + (end - start) / (1 + Math.exp(6 - 12 * x[i]));
        }
        return x;
    }

    /** Nichol and Dhariwal, 2021 ({@code squaredcos_cap_v2}): ᾱ(s) = cos²((s + 0.008)/1.008·π/2), β at most 0.999. */
    public static double[] cosine(int steps) {
        var betas = new double[checked(0.5, 0.5, steps)];
        for (int i = 0; i < steps; i++) {
            betas[i] = Math.min(1 - cosineProduct((i + 1.0) / steps) / cosineProduct((double) i / steps), LARGEST_BETA);
        }
        return betas;
    }

    private static double cosineProduct(double s) {
        double c = Math.cos((s + 0.008) / 1.008 * Math.PI / 2);
        return c * c;
    }

    /**
     * EDM's form of Nichol and Dhariwal's schedule: noise levels u₀ > … > u_M = 0, with steps no larger than a factor of ᾱ of 0.001.
     */
    public static double[] cosineLevels(int steps) {
        var levels = new double[steps + 1];
        for (int i = steps; i > 0; i--) {
            double ratio = Math.max(levelProduct(i - 1, steps) / levelProduct(i, steps), 0.001);
            levels[i - 1] = Math.sqrt((levels[i] * levels[i] + 1) / ratio - 1);
        }
        return levels;
    }

    private static double levelProduct(int i, int steps) {
        double s = Math.sin(0.5 * Math.PI * i / steps / 1.008);
        return s * s;
    }

    /** ᾱ: running products of 1 − β. */
    public static double[] alphasCumprod(double[] betas) {
        var products = new double[betas.length];
        double product = 1;
        for (int i = 0; i < betas.length; i++) {
            product *= 1 - betas[i];
            products[i] = product;
        }
        return products;
    }

    /** Lin et al., 2024, algorithm 1: √ᾱ shifted and scaled so that the last is 0 and the first stays. */
    public static double[] zeroTerminalSnr(double[] betas) {
        var products = alphasCumprod(betas);
        double first = Math.sqrt(products[0]);
        double last = Math.sqrt(products[products.length - 1]);
        var out = new double[betas.length];
        double before = 1;
        for (int i = 0; i < out.length; i++) {
            double root = (Math.sqrt(products[i]) - last) * first / (first - last);
            out[i] = 1 - root * root / before;
            before = root * root;
        }
        return out;
    }

    private static int checked(double start, double end, int steps) {
        if (!(start >= 0 && end >= start && end <= 1)) {
            throw new MedleyException("beta schedule: need 0 <= start <= end <= 1, got " + start + " and " + end);
        }
        if (steps < 1 || steps > 1_000_000) {
            throw new MedleyException("beta schedule: " + steps + " steps; give 1 to 1000000");
        }
        return steps;
    }
}
