package io.medley.diffusion;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayDeque;
import java.util.Deque;

/** Adams and Bashforth's method on the probability-flow ODE, with coefficients for the grid's own spacing (k-diffusion's LMS). */
public record LinearMultistep(int order) implements Stepper {
    private static final int HIGHEST = 4;

    public LinearMultistep {
        if (order < 1 || order > HIGHEST) {
            throw new MedleyException("linear multistep: order " + order + " is not there; give 1 to " + HIGHEST);
        }
    }

    @Override
    public Run begin(Denoiser denoiser, double[] grid, Noise noise) {
        Deque<Tensor> slopes = new ArrayDeque<>();
        return (x, i) -> {
            slopes.addFirst(
                    Scope.own(denoiser.velocity(x, Batch.times(grid[i], x)).copy()));
            if (slopes.size() > order) {
                slopes.removeLast().close();
            }
            var next = Batch.state(x);
            int k = 0;
            for (var slope : slopes) {
                next = next.add(slope.mul(integral(grid, i, slopes.size(), k++)));
            }
            return next;
        };
    }

    /** ∫ over step i of the Lagrange polynomial that is 1 at grid[i − k] and 0 at the other nodes; Simpson's rule is exact for cubics. */
    private static double integral(double[] grid, int i, int nodes, int k) {
        double from = grid[i];
        double to = grid[i + 1];
        return (to - from)
                / 6
                * (lagrange(grid, i, nodes, k, from)
                        + 4 * lagrange(grid, i, nodes, k, (from + to) / 2)
                        + lagrange(grid, i, nodes, k, to));
    }

    private static double lagrange(double[] grid, int i, int nodes, int k, double t) {
        double product = 1;
        for (int j = 0; j < nodes; j++) {
            if (j != k) {
                product *= (t - grid[i - j]) / (grid[i - k] - grid[i - j]);
            }
        }
        return product;
    }
}
