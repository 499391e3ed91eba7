package io.medley.diffusion;

import io.medley.tensor.MedleyException;

/**
 * How data turns into noise: x_t = α(t)·x₀ + σ(t)·ε, with x₀ data and ε standard normal (or the source of a coupling). Time may run either
 * way: {@link #dataTime} and {@link #noiseTime} name its ends, and the noise level σ/α grows strictly from the first to the second. Ready
 * paths are in {@link Paths}.
 */
public interface ProbabilityPath {

    /** Factor of the data. */
    double alpha(double t);

    /** Factor of the noise, ≥ 0. */
    double sigma(double t);

    /** dα/dt. */
    double alphaRate(double t);

    /** dσ/dt. */
    double sigmaRate(double t);

    /** The end where x is (almost) data; 0 unless a path says otherwise. */
    default double dataTime() {
        return 0;
    }

    /** The end where x is (almost) noise; 1 unless a path says otherwise. */
    default double noiseTime() {
        return 1;
    }

    /** Noise level σ/α in [0, ∞]: EDM's σ of every path. */
    default double noiseLevel(double t) {
        return sigma(t) / alpha(t);
    }

    /** ln(α/σ), half the logarithm of the signal-to-noise ratio: DPM-Solver's λ. */
    default double halfLogSnr(double t) {
        return Math.log(alpha(t)) - Math.log(sigma(t));
    }

    /** Standard deviation of the start of sampling at time t for data of about unit size that the noise has drowned. */
    default double priorScale(double t) {
        return sigma(t);
    }

    /**
     * The time of a noise level; levels outside the path's range are refused. Found by bisection unless a path knows better.
     *
     * @throws MedleyException when the path does not reach that level
     */
    default double timeOfNoiseLevel(double level) {
        double low = dataTime();
        double high = noiseTime();
        if (!(level >= noiseLevel(low) && level <= noiseLevel(high))) {
            throw new MedleyException("noise level " + level + " is outside of this path's " + noiseLevel(low) + " to "
                    + noiseLevel(high) + "; choose a grid within it");
        }
        for (int i = 0; i < 200 && low != high; i++) {
            double middle = 0.5 * (low + high);
            if (middle == low || middle == high) {
                break;
            }
            if (noiseLevel(middle) < level) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }
}
