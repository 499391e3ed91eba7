package io.medley.diffusion;

import io.medley.tensor.Tensor;

/** Solves dy/dt = f(y, t) from one time to another. */
@FunctionalInterface
public interface OdeSolver {

    /** y at time {@code to} from y (B, …) float64 at time {@code from}, in either direction. */
    Tensor solve(VectorField field, Tensor y, double from, double to);

    /** Equal steps of a Runge–Kutta method. */
    static OdeSolver fixed(RungeKutta method, int steps) {
        return (field, y, from, to) -> {
            var grid = new double[steps + 1];
            for (int i = 0; i <= steps; i++) {
                grid[i] = from + (to - from) * i / steps;
            }
            return method.solve(field, y, grid);
        };
    }
}
