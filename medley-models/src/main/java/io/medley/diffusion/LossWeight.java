package io.medley.diffusion;

/** Factor of the squared error of the network's own prediction. */
@FunctionalInterface
public interface LossWeight {

    /** 1: L_simple of DDPM, EDM's λ (F has unit variance by construction), flow matching. */
    LossWeight ONE = (path, t) -> 1;

    /** σ²: makes score matching the ε-loss. */
    LossWeight SIGMA_SQUARED = (path, t) -> path.sigma(t) * path.sigma(t);

    /**
     * Turns a squared error of one prediction into that of another, at most {@code most}-fold: both are affine maps of x̂₀ at the same x.
     */
    static LossWeight errorOf(Prediction made, Prediction measured, double most) {
        return (path, t) -> {
            double factor =
                    made.toSample(path, t).out() / measured.toSample(path, t).out();
            return Math.min(most, factor * factor);
        };
    }

    double at(ProbabilityPath path, double t);
}
