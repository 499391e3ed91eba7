package io.medley.diffusion;

/** Factor of the squared error of the network's own prediction. */
@FunctionalInterface
public interface LossWeight {

    /** 1: L_simple of DDPM, EDM's λ (F has unit variance by construction), flow matching. */
    LossWeight ONE = (path, t) -> 1;

    /** σ²: makes score matching the ε-loss. */
    LossWeight SIGMA_SQUARED = (path, t) -> path.sigma(t) * path.sigma(t);

    double at(ProbabilityPath path, double t);
}
