package io.medley.diffusion;

/** What the network is told about time: EDM's c_noise. */
@FunctionalInterface
public interface TimeInput {

    /** The path's time itself. */
    TimeInput TIME = new AffineTime(1, 0);

    /** {@code factor}·t + {@code offset}: 999·t of RectifiedFlow, 1000·t of Stable Diffusion 3, 1 − t for the other direction. */
    static TimeInput affine(double factor, double offset) {
        return new AffineTime(factor, offset);
    }

    /** {@code factor}·ln(level/{@code unit}) of the noise level: EDM's ¼·ln σ, Song's ln(σ/2) (factor 1, unit 2). */
    static TimeInput logLevel(double factor, double unit) {
        return new LogLevel(factor, unit);
    }

    /** {@code factor} times the time at which another path has the same noise level: for networks trained on that path. */
    static TimeInput on(ProbabilityPath other, double factor) {
        return (path, t) -> factor * other.timeOfNoiseLevel(path.noiseLevel(t));
    }

    double at(ProbabilityPath path, double t);

    /** See {@link #affine}. */
    record AffineTime(double factor, double offset) implements TimeInput {
        @Override
        public double at(ProbabilityPath path, double t) {
            return factor * t + offset;
        }
    }

    /** See {@link #logLevel}. */
    record LogLevel(double factor, double unit) implements TimeInput {
        @Override
        public double at(ProbabilityPath path, double t) {
            return factor * Math.log(path.noiseLevel(t) / unit);
        }
    }
}
