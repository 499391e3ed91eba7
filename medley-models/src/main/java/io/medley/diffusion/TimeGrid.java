package io.medley.diffusion;

import io.medley.tensor.MedleyException;

/**
 * The times a sampler visits, from noise to data, written out with the terminal one: steppers index this list and never recompute a
 * neighbour, so uneven spacings cannot go wrong.
 */
@FunctionalInterface
public interface TimeGrid {

    /** {@code steps + 1} times. */
    double[] times(ProbabilityPath path, int steps);

    /** Evenly spaced between the path's ends. */
    static TimeGrid uniform() {
        return (path, steps) -> power(path, steps, 1);
    }

    /** The distance from the data end grows with the square of the index. */
    static TimeGrid quadratic() {
        return (path, steps) -> power(path, steps, 2);
    }

    private static double[] power(ProbabilityPath path, int steps, double exponent) {
        check(steps);
        var times = new double[steps + 1];
        for (int i = 0; i <= steps; i++) {
            double part = Math.pow((double) (steps - i) / steps, exponent);
            times[i] = path.dataTime() + part * (path.noiseTime() - path.dataTime());
        }
        return times;
    }

    /** Evenly spaced down to {@code margin} (a part of the path) before the data end, then the data end: for models undefined there. */
    static TimeGrid uniformThenData(double margin) {
        if (!(margin > 0 && margin < 1)) {
            throw new MedleyException("grid: the margin " + margin + " must be between 0 and 1");
        }
        return (path, steps) -> {
            check(steps);
            var times = new double[steps + 1];
            for (int i = 0; i < steps; i++) {
                double part = steps == 1 ? 1 : 1 - (1 - margin) * i / (steps - 1);
                times[i] = path.dataTime() + part * (path.noiseTime() - path.dataTime());
            }
            times[steps] = path.dataTime();
            return times;
        };
    }

    /** Karras et al., 2022, equation 5: level^(1/ρ) is evenly spaced from {@code most} to {@code least}; then the data end. */
    static TimeGrid karras(double least, double most, double rho) {
        checkLevels(least, most);
        if (!(rho > 0)) {
            throw new MedleyException("grid karras: rho " + rho + " must be positive");
        }
        return levels(least, most, level -> Math.pow(level, 1 / rho), root -> Math.pow(root, rho));
    }

    /** Noise levels evenly spaced in their logarithm (log-SNR, "exponential") from {@code most} to {@code least}; then the data end. */
    static TimeGrid logSnr(double least, double most) {
        checkLevels(least, most);
        return levels(least, most, Math::log, Math::exp);
    }

    private static TimeGrid levels(
            double least,
            double most,
            java.util.function.DoubleUnaryOperator into,
            java.util.function.DoubleUnaryOperator back) {
        return (path, steps) -> {
            check(steps);
            var times = new double[steps + 1];
            double from = into.applyAsDouble(most);
            double to = into.applyAsDouble(least);
            for (int i = 0; i < steps; i++) {
                double part = steps == 1 ? 0 : (double) i / (steps - 1);
                times[i] = path.timeOfNoiseLevel(back.applyAsDouble(from + part * (to - from)));
            }
            times[steps] = path.dataTime();
            return times;
        };
    }

    /** Discrete paths, diffusers' {@code leading}: multiples of ⌊T/steps⌋ plus {@code offset}, then −1. */
    static TimeGrid leading(int offset) {
        return indices((count, steps, i) -> (double) (i * (count / steps) + offset));
    }

    /** Discrete paths, diffusers' {@code trailing}: T−1 is always visited. */
    static TimeGrid trailing() {
        return indices((count, steps, i) -> Math.rint((double) count * (i + 1) / steps) - 1);
    }

    /** Discrete paths, diffusers' {@code linspace}: 0 and T−1 are always visited. */
    static TimeGrid linspace() {
        return indices((count, steps, i) -> steps == 1 ? count - 1 : Math.rint((count - 1.0) * i / (steps - 1)));
    }

    /** Discrete paths, ermongroup/ddim's {@code quad}: squares of √(0.8·T)·i/(steps − 1), cut to whole numbers. */
    static TimeGrid ddimQuadratic() {
        return indices((count, steps, i) -> {
            double root = steps == 1 ? 0 : Math.sqrt(0.8 * count) * i / (steps - 1);
            return Math.floor(root * root);
        });
    }

    /** The index to visit, for i counted from the data end. */
    interface IndexRule {
        double index(int count, int steps, int i);
    }

    private static TimeGrid indices(IndexRule rule) {
        return (path, steps) -> {
            check(steps);
            int count = (int) path.noiseTime() + 1;
            if (path.dataTime() != -1 || steps > count) {
                throw new MedleyException(
                        "grid: " + steps + " indices need a discrete path of at least as many steps; this is " + path);
            }
            var times = new double[steps + 1];
            for (int i = 0; i < steps; i++) {
                times[steps - 1 - i] = rule.index(count, steps, i);
            }
            times[steps] = path.dataTime();
            return times;
        };
    }

    /** Stable Diffusion 3's shift, which multiplies every noise level by {@code factor}; on straight lines t → s·t/(1 + (s−1)·t). */
    default TimeGrid shifted(double factor) {
        if (!(factor > 0 && Double.isFinite(factor))) {
            throw new MedleyException("grid: the shift " + factor + " must be positive");
        }
        return (path, steps) -> Batch.map(times(path, steps), t -> {
            double level = path.noiseLevel(t);
            return level == 0 || Double.isInfinite(level) ? t : path.timeOfNoiseLevel(level * factor);
        });
    }

    private static void check(int steps) {
        if (steps < 1 || steps > 1_000_000) {
            throw new MedleyException("steps: " + steps + " is not possible; give 1 to 1000000");
        }
    }

    private static void checkLevels(double least, double most) {
        if (!(least > 0 && most > least && Double.isFinite(most))) {
            throw new MedleyException("grid: need 0 < least < most noise level, got " + least + " and " + most);
        }
    }
}
