package io.medley.diffusion;

import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * UniPC of order 2 with B(h) = e^h − 1 (Zhao et al., 2023; "bh2"), predicting data: the model's output at the end of a step first corrects that
 * step, then predicts the next. The last step is of order 1.
 */
public record UniPc() implements Stepper {
    @Override
    public Run begin(Denoiser denoiser, double[] grid, Noise noise) {
        return new Multistep(denoiser, grid);
    }

    private static final class Multistep implements Run {
        private final Denoiser denoiser;
        private final ProbabilityPath path;
        private final double[] grid;
        /** Estimates at this and earlier times, newest first. */
        private final Deque<Tensor> estimates = new ArrayDeque<>();
        /** The corrected state at the start of the last step, and that step's order. */
        private @Nullable Tensor before;

        private int lastOrder;

        Multistep(Denoiser denoiser, double[] grid) {
            this.denoiser = denoiser;
            this.path = denoiser.path();
            this.grid = grid;
        }

        @Override
        public Tensor step(Tensor x, int i) {
            var estimate = denoiser.denoise(x, grid[i]);
            var state = Batch.state(x);
            if (before != null) {
                state = correct(before, estimate, i);
                before.close();
            }
            estimates.addFirst(Scope.own(estimate.copy()));
            while (estimates.size() > 2) {
                estimates.removeLast().close();
            }
            lastOrder = Math.min(estimates.size(), i + 2 == grid.length ? 1 : 2);
            before = Scope.own(state.copy());
            return predict(state, i);
        }

        private Tensor predict(Tensor x, int i) {
            var m = List.copyOf(estimates);
            double h = lambda(i + 1) - lambda(i);
            var next = firstOrder(x, m.get(0), i, h);
            if (lastOrder == 1) {
                return next;
            }
            double r = (lambda(i - 1) - lambda(i)) / h;
            double scale = -path.alpha(grid[i + 1]) * Math.expm1(-h);
            return next.add(m.get(1).sub(m.get(0)).mul(0.5 * scale / r));
        }

        /** The state at grid[i], from the one at grid[i − 1] and estimates at both. */
        private Tensor correct(Tensor x, Tensor estimate, int i) {
            var m = new ArrayList<>(estimates);
            double h = lambda(i) - lambda(i - 1);
            double scale = -path.alpha(grid[i]) * Math.expm1(-h);
            var next = firstOrder(x, m.get(0), i - 1, h);
            var change = estimate.sub(m.get(0));
            if (lastOrder == 1) {
                return next.add(change.mul(0.5 * scale));
            }
            // The weights (ρ, ρ') make the polynomial through both differences exact to second order.
            double e = Math.expm1(-h);
            double phi = e / -h - 1;
            double b1 = phi / e;
            double b2 = 2 * (phi / -h - 0.5) / e;
            double r = (lambda(i - 2) - lambda(i - 1)) / h;
            double older = (b2 - b1) / (r - 1);
            double newer = b1 - older;
            var difference = m.get(1).sub(m.get(0)).mul(1 / r);
            return next.add(difference.mul(older).add(change.mul(newer)).mul(scale));
        }

        private Tensor firstOrder(Tensor x, Tensor estimate, int i, double h) {
            return x.mul(path.sigma(grid[i + 1]) / path.sigma(grid[i]))
                    .add(estimate.mul(-path.alpha(grid[i + 1]) * Math.expm1(-h)));
        }

        private double lambda(int i) {
            return path.halfLogSnr(grid[i]);
        }
    }
}
