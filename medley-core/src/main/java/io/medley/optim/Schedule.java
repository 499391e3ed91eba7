package io.medley.optim;

/** Learning rate at a step, counted from 0. */
@FunctionalInterface
public interface Schedule {
    double at(long step);

    /** Linear warm-up from 0, then half a cosine from {@code peak} to {@code last} at {@code steps}. */
    static Schedule cosine(double peak, double last, long warmup, long steps) {
        return step -> {
            if (step < warmup) {
                return peak * (step + 1) / warmup;
            }
            double done = Math.min(1, (double) (step - warmup) / Math.max(1, steps - warmup));
            return last + (peak - last) * 0.5 * (1 + Math.cos(Math.PI * done));
        };
    }
}
