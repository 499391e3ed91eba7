package io.medley.diffusion;

import io.medley.tensor.MedleyException;
import java.util.Arrays;

/** The paths of the literature. Their derivatives are exact. */
public final class Paths {
    private Paths() {}

    /** DDPM and the VP SDE in continuous time (Song et al., 2021): dx = −½β(t)x dt + √β(t) dw, β linear from {@code betaMin} to {@code betaMax}, t in [0, 1]. */
    public static ProbabilityPath variancePreserving(double betaMin, double betaMax) {
        return new VariancePreserving(betaMin, betaMax);
    }

    /** The sub-VP SDE (Song et al., 2021): α as {@link #variancePreserving}, σ = 1 − α². */
    public static ProbabilityPath subVariancePreserving(double betaMin, double betaMax) {
        return new SubVariancePreserving(new VariancePreserving(betaMin, betaMax));
    }

    /** The VE SDE (Song et al., 2021): α = 1, σ = σmin·(σmax/σmin)^t, t in [0, 1]. */
    public static ProbabilityPath varianceExploding(double sigmaMin, double sigmaMax) {
        return new Geometric(sigmaMin, sigmaMax);
    }

    /** EDM's form (Karras et al., 2022): α = 1, and time is the noise level itself, 0 to {@code sigmaMax}. */
    public static ProbabilityPath edm(double sigmaMax) {
        return new Edm(sigmaMax);
    }

    /** The VE path of EDM's ablations: α = 1, σ = √t, t in [0, σmax²]. */
    public static ProbabilityPath squareRoot(double sigmaMax) {
        return new SquareRoot(sigmaMax);
    }

    /** A variance-preserving path timed by its noise level: α = 1/√(1 + t²), σ = t·α, t from 0 to {@code maxLevel}. */
    public static ProbabilityPath variancePreservingByLevel(double maxLevel) {
        return new ByLevel(maxLevel);
    }

    /** Straight lines (flow matching, rectified flow): α = 1 − t, σ = t; data at t = 0. */
    public static ProbabilityPath linear() {
        return new Linear();
    }

    /** Lipman et al., 2023: straight lines that keep noise of {@code sigmaMin} at the data: α = 1 − t, σ = σmin + (1 − σmin)·t; data at t = 0. */
    public static ProbabilityPath linear(double sigmaMin) {
        return new Widened(sigmaMin);
    }

    /** α = cos(πt/2), σ = sin(πt/2); data at t = 0. */
    public static ProbabilityPath cosine() {
        return new Cosine();
    }

    /** α = (1 − t)ⁿ, σ = 1 − (1 − t)ⁿ; data at t = 0. */
    public static ProbabilityPath polynomial(double n) {
        return new Polynomial(n);
    }

    /** α = 1 − t, σ = √(1 − α²); data at t = 0. */
    public static ProbabilityPath linearVariancePreserving() {
        return new LinearVariancePreserving();
    }

    /** DDPM in discrete time, from the products ᾱ of {@link BetaSchedule}: time t is the index 0 … T−1, and −1 is data without noise. */
    public static ProbabilityPath discrete(double[] alphasCumprod) {
        return new Discrete(alphasCumprod.clone());
    }

    /** The same path with time 1 − t, as in facebookresearch/flow_matching and RectifiedFlow, where data is at t = 1. */
    public static ProbabilityPath reversed(ProbabilityPath path) {
        return new Reversed(path);
    }

    private record VariancePreserving(double betaMin, double betaMax) implements ProbabilityPath {
        VariancePreserving {
            if (!(betaMin > 0 && betaMax > betaMin && betaMax < 1e4)) {
                throw new MedleyException("path vp: need 0 < betaMin < betaMax, got " + betaMin + " and " + betaMax);
            }
        }

        double beta(double t) {
            return betaMin + (betaMax - betaMin) * t;
        }

        /** ∫₀ᵗ β. */
        double integral(double t) {
            return betaMin * t + 0.5 * (betaMax - betaMin) * t * t;
        }

        @Override
        public double alpha(double t) {
            return Math.exp(-0.5 * integral(t));
        }

        @Override
        public double sigma(double t) {
            return Math.sqrt(-Math.expm1(-integral(t)));
        }

        @Override
        public double alphaRate(double t) {
            return -0.5 * beta(t) * alpha(t);
        }

        @Override
        public double sigmaRate(double t) {
            return 0.5 * beta(t) * Math.exp(-integral(t)) / sigma(t);
        }

        @Override
        public double noiseLevel(double t) {
            return Math.sqrt(Math.expm1(integral(t)));
        }

        @Override
        public double priorScale(double t) {
            return 1;
        }

        @Override
        public double timeOfNoiseLevel(double level) {
            double b = Math.log1p(level * level);
            double slope = betaMax - betaMin;
            return (Math.sqrt(betaMin * betaMin + 2 * slope * b) - betaMin) / slope;
        }
    }

    private record SubVariancePreserving(VariancePreserving vp) implements ProbabilityPath {
        @Override
        public double alpha(double t) {
            return vp.alpha(t);
        }

        @Override
        public double sigma(double t) {
            return -Math.expm1(-vp.integral(t));
        }

        @Override
        public double alphaRate(double t) {
            return vp.alphaRate(t);
        }

        @Override
        public double sigmaRate(double t) {
            return vp.beta(t) * Math.exp(-vp.integral(t));
        }
    }

    private record Geometric(double sigmaMin, double sigmaMax) implements ProbabilityPath {
        Geometric {
            if (!(sigmaMin > 0 && sigmaMax > sigmaMin && Double.isFinite(sigmaMax))) {
                throw new MedleyException(
                        "path ve: need 0 < sigmaMin < sigmaMax, got " + sigmaMin + " and " + sigmaMax);
            }
        }

        @Override
        public double alpha(double t) {
            return 1;
        }

        @Override
        public double sigma(double t) {
            return sigmaMin * Math.pow(sigmaMax / sigmaMin, t);
        }

        @Override
        public double alphaRate(double t) {
            return 0;
        }

        @Override
        public double sigmaRate(double t) {
            return Math.log(sigmaMax / sigmaMin) * sigma(t);
        }

        @Override
        public double timeOfNoiseLevel(double level) {
            return Math.log(level / sigmaMin) / Math.log(sigmaMax / sigmaMin);
        }
    }

    private record Edm(double sigmaMax) implements ProbabilityPath {
        Edm {
            positive("edm", sigmaMax);
        }

        @Override
        public double alpha(double t) {
            return 1;
        }

        @Override
        public double sigma(double t) {
            return t;
        }

        @Override
        public double alphaRate(double t) {
            return 0;
        }

        @Override
        public double sigmaRate(double t) {
            return 1;
        }

        @Override
        public double noiseTime() {
            return sigmaMax;
        }

        @Override
        public double timeOfNoiseLevel(double level) {
            return level;
        }
    }

    private record SquareRoot(double sigmaMax) implements ProbabilityPath {
        SquareRoot {
            positive("square root", sigmaMax);
        }

        @Override
        public double alpha(double t) {
            return 1;
        }

        @Override
        public double sigma(double t) {
            return Math.sqrt(t);
        }

        @Override
        public double alphaRate(double t) {
            return 0;
        }

        @Override
        public double sigmaRate(double t) {
            return 0.5 / Math.sqrt(t);
        }

        @Override
        public double noiseTime() {
            return sigmaMax * sigmaMax;
        }

        @Override
        public double timeOfNoiseLevel(double level) {
            return level * level;
        }
    }

    private record ByLevel(double maxLevel) implements ProbabilityPath {
        ByLevel {
            positive("vp by level", maxLevel);
        }

        @Override
        public double alpha(double t) {
            return 1 / Math.sqrt(1 + t * t);
        }

        @Override
        public double sigma(double t) {
            return t / Math.sqrt(1 + t * t);
        }

        @Override
        public double alphaRate(double t) {
            return -t * Math.pow(1 + t * t, -1.5);
        }

        @Override
        public double sigmaRate(double t) {
            return Math.pow(1 + t * t, -1.5);
        }

        @Override
        public double noiseTime() {
            return maxLevel;
        }

        @Override
        public double noiseLevel(double t) {
            return t;
        }

        @Override
        public double priorScale(double t) {
            return 1;
        }

        @Override
        public double timeOfNoiseLevel(double level) {
            return level;
        }
    }

    private record Linear() implements ProbabilityPath {
        @Override
        public double alpha(double t) {
            return 1 - t;
        }

        @Override
        public double sigma(double t) {
            return t;
        }

        @Override
        public double alphaRate(double t) {
            return -1;
        }

        @Override
        public double sigmaRate(double t) {
            return 1;
        }

        @Override
        public double timeOfNoiseLevel(double level) {
            return Double.isInfinite(level) ? 1 : level / (1 + level);
        }
    }

    private record Widened(double sigmaMin) implements ProbabilityPath {
        Widened {
            if (!(sigmaMin >= 0 && sigmaMin < 1)) {
                throw new MedleyException("path linear: sigmaMin " + sigmaMin + " must be in [0, 1)");
            }
        }

        @Override
        public double alpha(double t) {
            return 1 - t;
        }

        @Override
        public double sigma(double t) {
            return sigmaMin + (1 - sigmaMin) * t;
        }

        @Override
        public double alphaRate(double t) {
            return -1;
        }

        @Override
        public double sigmaRate(double t) {
            return 1 - sigmaMin;
        }
    }

    private record Cosine() implements ProbabilityPath {
        @Override
        public double alpha(double t) {
            return t == 1 ? 0 : Math.cos(Math.PI / 2 * t);
        }

        @Override
        public double sigma(double t) {
            return Math.sin(Math.PI / 2 * t);
        }

        @Override
        public double alphaRate(double t) {
            return -Math.PI / 2 * sigma(t);
        }

        @Override
        public double sigmaRate(double t) {
            return Math.PI / 2 * alpha(t);
        }

        @Override
        public double timeOfNoiseLevel(double level) {
            return Math.atan(level) * 2 / Math.PI;
        }
    }

    private record Polynomial(double n) implements ProbabilityPath {
        Polynomial {
            positive("polynomial", n);
        }

        @Override
        public double alpha(double t) {
            return Math.pow(1 - t, n);
        }

        @Override
        public double sigma(double t) {
            return 1 - Math.pow(1 - t, n);
        }

        @Override
        public double alphaRate(double t) {
            return -n * Math.pow(1 - t, n - 1);
        }

        @Override
        public double sigmaRate(double t) {
            return n * Math.pow(1 - t, n - 1);
        }
    }

    private record LinearVariancePreserving() implements ProbabilityPath {
        @Override
        public double alpha(double t) {
            return 1 - t;
        }

        @Override
        public double sigma(double t) {
            return Math.sqrt(t * (2 - t));
        }

        @Override
        public double alphaRate(double t) {
            return -1;
        }

        @Override
        public double sigmaRate(double t) {
            return (1 - t) / sigma(t);
        }
    }

    /** Between two indices the logarithm of the noise level is linear; before the first, the level itself. */
    private record Discrete(double[] alphasCumprod) implements ProbabilityPath {
        Discrete {
            for (int i = 0; i < alphasCumprod.length; i++) {
                double before = i == 0 ? 1 : alphasCumprod[i - 1];
                if (!(alphasCumprod[i] < before && alphasCumprod[i] >= 0)) {
                    throw new MedleyException(
                            "path discrete: the products must fall from below 1 towards 0, but number " + i + " is "
                                    + alphasCumprod[i] + " after " + before);
                }
            }
            if (alphasCumprod.length == 0) {
                throw new MedleyException("path discrete: needs at least one step");
            }
        }

        private double level(int i) {
            return i < 0 ? 0 : Math.sqrt((1 - alphasCumprod[i]) / alphasCumprod[i]);
        }

        private int index(double t) {
            return (int) Math.max(-1, Math.min(alphasCumprod.length - 1, Math.floor(t)));
        }

        private boolean isIndex(double t) {
            return t == index(t);
        }

        @Override
        public double noiseLevel(double t) {
            int i = index(t);
            if (isIndex(t)) {
                return level(i);
            }
            double part = t - i;
            return i < 0 ? part * level(0) : Math.exp((1 - part) * Math.log(level(i)) + part * Math.log(level(i + 1)));
        }

        /** d ln(noise level)/dt. */
        private double logRate(double t) {
            int i = Math.min(index(t), alphasCumprod.length - 2);
            return i < 0 ? 1 / (t + 1) : Math.log(level(i + 1)) - Math.log(level(i));
        }

        @Override
        public double alpha(double t) {
            if (isIndex(t)) {
                return t < 0 ? 1 : Math.sqrt(alphasCumprod[(int) t]);
            }
            double level = noiseLevel(t);
            return 1 / Math.sqrt(1 + level * level);
        }

        @Override
        public double sigma(double t) {
            if (isIndex(t)) {
                return t < 0 ? 0 : Math.sqrt(1 - alphasCumprod[(int) t]);
            }
            double level = noiseLevel(t);
            return level / Math.sqrt(1 + level * level);
        }

        @Override
        public double alphaRate(double t) {
            double s = sigma(t);
            return s == 0 ? 0 : -alpha(t) * s * s * logRate(t);
        }

        @Override
        public double sigmaRate(double t) {
            double a = alpha(t);
            return t == -1 ? level(0) : sigma(t) * a * a * logRate(t);
        }

        @Override
        public double dataTime() {
            return -1;
        }

        @Override
        public double noiseTime() {
            return alphasCumprod.length - 1;
        }

        @Override
        public double priorScale(double t) {
            return 1;
        }

        @Override
        public boolean equals(Object o) {
            return o instanceof Discrete other && Arrays.equals(alphasCumprod, other.alphasCumprod);
        }

        @Override
        public int hashCode() {
            return Arrays.hashCode(alphasCumprod);
        }

        @Override
        public String toString() {
            return "Discrete[" + alphasCumprod.length + " steps]";
        }
    }

    private record Reversed(ProbabilityPath path) implements ProbabilityPath {
        @Override
        public double alpha(double t) {
            return path.alpha(1 - t);
        }

        @Override
        public double sigma(double t) {
            return path.sigma(1 - t);
        }

        @Override
        public double alphaRate(double t) {
            return -path.alphaRate(1 - t);
        }

        @Override
        public double sigmaRate(double t) {
            return -path.sigmaRate(1 - t);
        }

        @Override
        public double dataTime() {
            return 1 - path.dataTime();
        }

        @Override
        public double noiseTime() {
            return 1 - path.noiseTime();
        }

        @Override
        public double priorScale(double t) {
            return path.priorScale(1 - t);
        }

        @Override
        public double timeOfNoiseLevel(double level) {
            return 1 - path.timeOfNoiseLevel(level);
        }
    }

    private static void positive(String path, double value) {
        if (!(value > 0 && Double.isFinite(value))) {
            throw new MedleyException("path " + path + ": " + value + " must be a positive number");
        }
    }
}
