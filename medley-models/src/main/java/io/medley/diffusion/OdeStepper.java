package io.medley.diffusion;

import io.medley.tensor.Tensor;

/**
 * The probability-flow ODE in the path's own coordinates and time by a Runge–Kutta method: Euler, Heun, midpoint. A step into σ = 0 is
 * an Euler step, as in EDM.
 */
public record OdeStepper(RungeKutta method, Churn churn) implements Stepper {

    /** Without churn. */
    public static OdeStepper of(RungeKutta method) {
        return new OdeStepper(method, Churn.NONE);
    }

    @Override
    public Run begin(Denoiser denoiser, double[] grid, Noise noise) {
        var path = denoiser.path();
        return (x, i) -> {
            double t = grid[i];
            var state = Batch.state(x);
            if (churn.amount() > 0) {
                double level = path.noiseLevel(t);
                double raised = level * (1 + churn.growth(level, grid.length - 1));
                double from = path.timeOfNoiseLevel(raised);
                // Drawn even where nothing is added, so that the streams do not depend on the range of the churn.
                state = stir(path, state, t, from, raised, noise.normal(x.shape()));
                t = from;
            }
            double end = grid[i + 1];
            var usable = path.sigma(end) == 0 ? RungeKutta.EULER : method;
            return usable.step(denoiser::velocity, state, t, end);
        };
    }

    private Tensor stir(ProbabilityPath path, Tensor x, double t, double from, double raised, Tensor z) {
        double level = path.noiseLevel(t);
        double added = Math.sqrt(Math.max(0, raised * raised - level * level)) * churn.inflation();
        return x.mul(path.alpha(from) / path.alpha(t)).add(z.mul(added * path.alpha(from)));
    }
}
