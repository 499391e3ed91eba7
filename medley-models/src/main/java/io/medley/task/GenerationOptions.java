package io.medley.task;

import io.medley.tensor.MedleyException;
import java.io.Serializable;

/**
 * How pictures are drawn from words. Start from {@link #DEFAULT} and change single values with the {@code with…} methods.
 *
 * @param sampler how noise becomes a picture
 * @param steps of the sampler, 1 to 1000; the more, the slower and the better
 * @param guidance how much the text counts (classifier-free guidance, Ho and Salimans, 2022): 1 as the model learnt it, more for
 *     pictures that fit the text better and differ less, 0 for pictures of anything
 * @param seed fixes the noise
 * @param count pictures, 1 to 1000
 */
public record GenerationOptions(Sampler sampler, int steps, double guidance, long seed, int count)
        implements Serializable {
    private static final int MOST = 1000;
    private static final double STRONGEST = 100;

    /** How noise becomes a picture. A step calls the network once, except where it says otherwise. */
    public enum Sampler {
        /** The first-order deterministic step: DDIM, which on straight lines is Euler's. */
        EULER,
        /** Second order; two calls a step. */
        HEUN,
        /** Fourth order; four calls a step. */
        RK4,
        /** DPM-Solver++(2M) (Lu et al., 2022): second order from one call a step. */
        DPM,
        /** First order with fresh noise in each step, as DDPM samples. */
        ANCESTRAL,
        /** Runge and Kutta's fifth order with steps of its own choice (the number given counts for nothing); six calls each. */
        RK45
    }

    /** Euler, 25 steps, guidance 3, one picture. */
    public static final GenerationOptions DEFAULT = new GenerationOptions(Sampler.EULER, 25, 3, 0, 1);

    public GenerationOptions {
        if (steps < 1 || steps > MOST) {
            throw new MedleyException("steps is " + steps + "; give a number from 1 to " + MOST);
        }
        if (!(guidance >= 0 && guidance <= STRONGEST)) {
            throw new MedleyException("guidance is " + guidance + "; give a number from 0 to " + STRONGEST);
        }
        if (count < 1 || count > MOST) {
            throw new MedleyException("count is " + count + "; give a number from 1 to " + MOST);
        }
    }

    public GenerationOptions withSampler(Sampler other) {
        return new GenerationOptions(other, steps, guidance, seed, count);
    }

    public GenerationOptions withSteps(int number) {
        return new GenerationOptions(sampler, number, guidance, seed, count);
    }

    public GenerationOptions withGuidance(double weight) {
        return new GenerationOptions(sampler, steps, weight, seed, count);
    }

    public GenerationOptions withSeed(long other) {
        return new GenerationOptions(sampler, steps, guidance, other, count);
    }

    public GenerationOptions withCount(int number) {
        return new GenerationOptions(sampler, steps, guidance, seed, number);
    }
}
