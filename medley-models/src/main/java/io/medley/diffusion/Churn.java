package io.medley.diffusion;

import io.medley.tensor.MedleyException;

/**
 * Noise added before each step, to forget errors (Karras et al., 2022, algorithm 2).
 *
 * @param amount S_churn, spread over all steps
 * @param least noise level from which to churn, S_min
 * @param most noise level up to which to churn, S_max
 * @param inflation factor of the added noise, S_noise
 */
public record Churn(double amount, double least, double most, double inflation) {
    /** No churn. */
    public static final Churn NONE = new Churn(0, 0, Double.POSITIVE_INFINITY, 1);

    public Churn {
        if (!(amount >= 0 && least >= 0 && most >= least && inflation > 0)) {
            throw new MedleyException("churn: need amount >= 0, 0 <= least <= most and a positive inflation, got "
                    + amount + ", " + least + ", " + most + ", " + inflation);
        }
    }

    /** γ: by which part the noise level grows. */
    double growth(double level, int steps) {
        return level >= least && level <= most ? Math.min(amount / steps, Math.sqrt(2) - 1) : 0;
    }
}
