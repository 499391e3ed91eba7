package io.medley.diffusion.reference;

import io.medley.diffusion.Denoiser;
import io.medley.diffusion.ProbabilityPath;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/** A denoiser that keeps what it was asked and what it answered, to be compared call by call. */
final class Recorder implements Denoiser {
    private final Denoiser inner;
    private final List<Tensor> states = new ArrayList<>();
    private final List<double[]> times = new ArrayList<>();
    private final List<Tensor> estimates = new ArrayList<>();

    Recorder(Denoiser inner) {
        this.inner = inner;
    }

    @Override
    public ProbabilityPath path() {
        return inner.path();
    }

    @Override
    public Tensor denoise(Tensor x, double[] t) {
        var estimate = inner.denoise(x, t);
        states.add(Scope.own(x.copy()));
        times.add(t.clone());
        estimates.add(Scope.own(estimate.copy()));
        return estimate;
    }

    /** The states of all calls, and then {@code end}: (N + 1, B, …). */
    Tensor statesAnd(Tensor end) {
        var all = new ArrayList<>(states);
        all.add(end);
        return Tensor.stack(all, 0);
    }

    /** The states of all calls, (N, B, …). */
    Tensor states() {
        return Tensor.stack(states, 0);
    }

    /** The time of the first sample in each call. */
    double[] times() {
        return times.stream().mapToDouble(t -> t[0]).toArray();
    }

    /** The answers of all calls, (N, B, …). */
    Tensor estimates() {
        return Tensor.stack(estimates, 0);
    }
}
