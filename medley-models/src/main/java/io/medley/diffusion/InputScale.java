package io.medley.diffusion;

/** How the state is scaled before the network sees it: EDM's c_in. */
public sealed interface InputScale {

    /** The state as it is. */
    InputScale NONE = new None();

    /** Unit variance for data of standard deviation {@code sigmaData}: 1/√(α²·sigmaData² + σ²). */
    static InputScale unitVariance(double sigmaData) {
        return new UnitVariance(sigmaData);
    }

    double at(ProbabilityPath path, double t);

    /** See {@link #NONE}. */
    record None() implements InputScale {
        @Override
        public double at(ProbabilityPath path, double t) {
            return 1;
        }
    }

    /** See {@link #unitVariance}. */
    record UnitVariance(double sigmaData) implements InputScale {
        @Override
        public double at(ProbabilityPath path, double t) {
            return 1 / Math.hypot(path.alpha(t) * sigmaData, path.sigma(t));
        }
    }
}
