package io.medley.diffusion;

import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.Arrays;

/** A stepper over a grid: noise to data, data to noise, and half the way back. */
public record Sampler(Stepper stepper, TimeGrid grid, int steps) {

    /** Told where a sampling stands; tensors are only valid during the call. */
    @FunctionalInterface
    public interface Listener {
        /**
         * After each step, and before the first as index 0.
         *
         * @param index of the grid's time
         * @param t that time
         * @param x the state, (B, …) float64
         */
        void reached(int index, double t, Tensor x);

        /** Not interested. */
        Listener NONE = (index, t, x) -> {};
    }

    /** Data from fresh noise, (B, …) float64, in the current scope. Sample k depends on its stream of the noise only, not on the batch. */
    public Tensor sample(Denoiser denoiser, Noise noise, long... shape) {
        return sample(denoiser, noise, Listener.NONE, shape);
    }

    /** {@link #sample(Denoiser, Noise, long...)} with a view of the way. */
    public Tensor sample(Denoiser denoiser, Noise noise, Listener listener, long... shape) {
        double[] times = times(denoiser);
        var start = noise.normal(shape).mul(denoiser.path().priorScale(times[0]));
        return integrate(stepper, denoiser, times, start, noise, listener);
    }

    /** Data from a given state at the grid's first time. */
    public Tensor from(Denoiser denoiser, Tensor start, Noise noise, Listener listener) {
        return integrate(stepper, denoiser, times(denoiser), start, noise, listener);
    }

    /**
     * SDEdit (Meng et al., 2022), image to image: data is noised to a time of the grid and sampled from there.
     *
     * @param strength part of the grid's steps that are taken, in (0, 1]: 1 forgets the data almost wholly
     */
    public Tensor edit(Denoiser denoiser, Tensor data, double strength, Noise noise) {
        if (!(strength > 0 && strength <= 1)) {
            throw new MedleyException("strength " + strength + " must be in (0, 1]");
        }
        double[] times = times(denoiser);
        int first = Math.min(times.length - 2, (int) Math.round((1 - strength) * (times.length - 1)));
        double[] rest = Arrays.copyOfRange(times, first, times.length);
        var path = denoiser.path();
        var start = Batch.state(data)
                .mul(path.alpha(rest[0]))
                .add(noise.normal(data.shape()).mul(path.sigma(rest[0])));
        return integrate(stepper, denoiser, rest, start, noise, Listener.NONE);
    }

    /**
     * DDIM inversion: the state at the grid's first time that a deterministic stepper carries to {@code data}. Walks the grid backwards from
     * its last time with noise, as which the data are taken.
     */
    public Tensor encode(Denoiser denoiser, Tensor data) {
        double[] times = times(denoiser);
        int n = times.length;
        while (n > 0 && denoiser.path().sigma(times[n - 1]) == 0) {
            n--;
        }
        var backwards = new double[n];
        for (int i = 0; i < n; i++) {
            backwards[i] = times[n - 1 - i];
        }
        double alpha = denoiser.path().alpha(backwards[0]);
        return integrate(stepper, denoiser, backwards, Batch.state(data).mul(alpha), Noise.none(), Listener.NONE);
    }

    /** The grid of this sampler on a model's path. */
    public double[] times(Denoiser denoiser) {
        return grid.times(denoiser.path(), steps);
    }

    /** Carries a state along any list of times; no gradients, one scope per step. */
    public static Tensor integrate(
            Stepper stepper, Denoiser denoiser, double[] times, Tensor start, Noise noise, Listener listener) {
        if (times.length < 2) {
            throw new MedleyException("sampling needs at least two times, got " + times.length);
        }
        try (var all = Scope.open();
                var off = NoGrad.open()) {
            var run = stepper.begin(denoiser, times, noise);
            var x = Batch.state(start).add(0);
            listener.reached(0, times[0], x);
            for (int i = 0; i + 1 < times.length; i++) {
                Tensor next;
                try (var scope = Scope.open()) {
                    next = scope.keep(run.step(x, i).add(0));
                }
                x.close();
                x = next;
                if (!x.isFinite()) {
                    throw new MedleyException("sampling: values that are not numbers at step " + (i + 1) + " of "
                            + (times.length - 1) + " (time " + times[i + 1]
                            + "); take more steps, another grid, or look at the model");
                }
                listener.reached(i + 1, times[i + 1], x);
            }
            return all.keep(x);
        }
    }

    /** Spherical interpolation of two states per sample, (B, …): 0 gives {@code a}, 1 gives {@code b}; for states of noise. */
    public static Tensor slerp(Tensor a, Tensor b, double part) {
        var x = Batch.state(a);
        var y = Batch.state(b);
        double[] dot = Batch.sums(x.mul(y)).toDoubles();
        double[] xx = Batch.sums(x.mul(x)).toDoubles();
        double[] yy = Batch.sums(y.mul(y)).toDoubles();
        var left = new double[dot.length];
        var right = new double[dot.length];
        for (int i = 0; i < dot.length; i++) {
            double angle = Math.acos(Math.max(-1, Math.min(1, dot[i] / Math.sqrt(xx[i] * yy[i]))));
            boolean parallel = Math.sin(angle) < 1e-9;
            left[i] = parallel ? 1 - part : Math.sin((1 - part) * angle) / Math.sin(angle);
            right[i] = parallel ? part : Math.sin(part * angle) / Math.sin(angle);
        }
        return Batch.combine(x, left, y, right);
    }
}
