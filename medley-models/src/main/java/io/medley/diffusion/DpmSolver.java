package io.medley.diffusion;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * DPM-Solver (Lu et al., 2022), multistep, on any path: exponential integrators in λ = ln(α/σ). Estimates of earlier steps give the higher
 * orders, so every step costs one call of the model. The first steps and those into σ = 0 have a lower order.
 *
 * @param algorithm what is extrapolated, and whether noise is added
 * @param order 1 to 3; 2 is DPM-Solver++(2M)
 * @param correction which of the two second-order forms
 * @param lowerOrderFinal whether grids of fewer than 15 steps end with lower orders
 */
public record DpmSolver(Algorithm algorithm, int order, Correction correction, boolean lowerOrderFinal)
        implements Stepper {
    private static final int FEW_STEPS = 15;

    /** What the solver extrapolates. */
    public enum Algorithm {
        /** The data estimate: DPM-Solver++. */
        DATA,
        /** The noise estimate: DPM-Solver. */
        NOISE,
        /** The data estimate, with noise: SDE-DPM-Solver++. */
        SDE
    }

    /** The two published second-order forms. */
    public enum Correction {
        MIDPOINT,
        HEUN
    }

    public DpmSolver {
        if (order < 1 || order > 3 || (order == 3 && algorithm == Algorithm.SDE)) {
            throw new MedleyException("dpm-solver: order " + order + " is not there for " + algorithm
                    + "; give 1, 2 or (without noise) 3");
        }
    }

    /** DPM-Solver++(2M). */
    public static DpmSolver plusPlus2M() {
        return new DpmSolver(Algorithm.DATA, 2, Correction.MIDPOINT, true);
    }

    @Override
    public Run begin(Denoiser denoiser, double[] grid, Noise noise) {
        return new Multistep(denoiser, grid, noise);
    }

    private final class Multistep implements Run {
        private final Denoiser denoiser;
        private final ProbabilityPath path;
        private final double[] grid;
        private final Noise noise;
        /** Estimates at this and earlier times, newest first. */
        private final Deque<Tensor> estimates = new ArrayDeque<>();

        Multistep(Denoiser denoiser, double[] grid, Noise noise) {
            this.denoiser = denoiser;
            this.path = denoiser.path();
            this.grid = grid;
            this.noise = noise;
        }

        @Override
        public Tensor step(Tensor x, int i) {
            var estimate = denoiser.denoise(x, grid[i]);
            if (algorithm == Algorithm.NOISE) {
                estimate = Ddim.noiseOf(denoiser, x, estimate, grid[i]);
            }
            estimates.addFirst(Scope.own(estimate.copy()));
            var next = update(Batch.state(x), i, orderAt(i));
            while (estimates.size() > order) {
                estimates.removeLast().close();
            }
            return next;
        }

        private int orderAt(int i) {
            int left = grid.length - 1 - i;
            boolean few = lowerOrderFinal && grid.length - 1 < FEW_STEPS;
            boolean last = left == 1 && (few || path.sigma(grid[i + 1]) == 0);
            int most = last ? 1 : few && left == 2 ? 2 : order;
            return Math.min(most, estimates.size());
        }

        private Tensor update(Tensor x, int i, int usedOrder) {
            double t = grid[i];
            double s = grid[i + 1];
            double h = path.halfLogSnr(s) - path.halfLogSnr(t);
            var m = estimates.toArray(Tensor[]::new);
            double scale =
                    switch (algorithm) {
                        case DATA -> path.sigma(s) / path.sigma(t);
                        case NOISE -> path.alpha(s) / path.alpha(t);
                        case SDE -> path.sigma(s) / path.sigma(t) * Math.exp(-h);
                    };
            // The weight of a constant estimate over the step, and of its change.
            double constant =
                    switch (algorithm) {
                        case DATA -> -path.alpha(s) * Math.expm1(-h);
                        case NOISE -> -path.sigma(s) * Math.expm1(h);
                        case SDE -> -path.alpha(s) * Math.expm1(-2 * h);
                    };
            var next = x.mul(scale).add(m[0].mul(constant));
            if (usedOrder == 2) {
                next = next.add(difference(m[0], m[1], i, h).mul(linear(s, h, constant)));
            } else if (usedOrder == 3) {
                next = next.add(third(m, i, s, h));
            }
            if (algorithm == Algorithm.SDE && path.sigma(s) > 0) {
                double added = path.sigma(s) * Math.sqrt(-Math.expm1(-2 * h));
                next = next.add(noise.normal(x.shape()).mul(added));
            }
            return next;
        }

        /** D1 = (m0 − m1)/r with r the previous step's size relative to this one's, in λ. */
        private Tensor difference(Tensor newer, Tensor older, int i, double h) {
            return newer.sub(older).mul(1 / relativeStep(i, h));
        }

        private double relativeStep(int i, double h) {
            return (path.halfLogSnr(grid[i]) - path.halfLogSnr(grid[i - 1])) / h;
        }

        private double linear(double s, double h, double constant) {
            if (correction == Correction.MIDPOINT) {
                return 0.5 * constant;
            }
            return switch (algorithm) {
                case DATA -> path.alpha(s) * (Math.expm1(-h) / h + 1);
                case NOISE -> -path.sigma(s) * (Math.expm1(h) / h - 1);
                case SDE -> path.alpha(s) * (Math.expm1(-2 * h) / (2 * h) + 1);
            };
        }

        private Tensor third(Tensor[] m, int i, double s, double h) {
            double r0 = relativeStep(i, h);
            double r1 = relativeStep(i - 1, h);
            var near = m[0].sub(m[1]).mul(1 / r0);
            var far = m[1].sub(m[2]).mul(1 / r1);
            var first = near.add(near.sub(far).mul(r0 / (r0 + r1)));
            var second = near.sub(far).mul(1 / (r0 + r1));
            if (algorithm == Algorithm.DATA) {
                double e = Math.expm1(-h);
                return first.mul(path.alpha(s) * (e / h + 1))
                        .sub(second.mul(path.alpha(s) * ((e + h) / (h * h) - 0.5)));
            }
            double e = Math.expm1(h);
            return first.mul(-path.sigma(s) * (e / h - 1)).sub(second.mul(path.sigma(s) * ((e - h) / (h * h) - 0.5)));
        }
    }
}
