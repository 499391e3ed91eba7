package io.medley.optim;

/**
 * Learning rate at a step, counted from 0. Schedules are put together from parts; BLIP's own, which change once an epoch, are
 * {@code cosine(init, min, maxEpoch).perEpoch(stepsPerEpoch)} and {@code exponential(init, min, rate).perEpoch(stepsPerEpoch)}, and its
 * warm-up {@code linear(warmup_lr, init, warmup_steps)}.
 */
@FunctionalInterface
public interface Schedule {
    double at(long step);

    /** Always the same. */
    static Schedule constant(double rate) {
        return step -> rate;
    }

    /** A straight line from {@code from} to {@code to} at {@code steps}, and {@code to} from then on. */
    static Schedule linear(double from, double to, long steps) {
        return step -> step >= steps ? to : from + (to - from) * step / steps;
    }

    /** Half a cosine from {@code from} to {@code to} at {@code steps}, and {@code to} from then on. */
    static Schedule cosine(double from, double to, long steps) {
        return step -> step >= steps ? to : to + (from - to) * 0.5 * (1 + Math.cos(Math.PI * step / steps));
    }

    /** {@code from} times {@code rate} to the power of the step, never below {@code least}. */
    static Schedule exponential(double from, double least, double rate) {
        return step -> Math.max(least, from * Math.pow(rate, step));
    }

    /** Linear warm-up from 0, then half a cosine from {@code peak} to {@code last} at {@code steps}. */
    static Schedule cosine(double peak, double last, long warmup, long steps) {
        return cosine(peak, last, Math.max(1, steps - warmup)).warmedUp(0, warmup);
    }

    /**
     * This schedule after a warm-up, which may last many epochs: a straight line over {@code steps} steps from {@code start} (exclusive) to
     * this schedule's first rate (at step {@code steps − 1}), then this schedule from its beginning.
     */
    default Schedule warmedUp(double start, long steps) {
        double first = at(0);
        return step -> step < steps ? start + (first - start) * (step + 1) / steps : at(step - steps);
    }

    /** A staircase: this schedule counts epochs, not steps. */
    default Schedule perEpoch(long stepsPerEpoch) {
        return step -> at(step / stepsPerEpoch);
    }

    /** This schedule before step {@code boundary}, {@code next} from then on, both counting from the same step 0. */
    default Schedule until(long boundary, Schedule next) {
        return step -> step < boundary ? at(step) : next.at(step);
    }
}
