package io.medley.diffusion;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Tensor;
import java.util.ArrayList;

/**
 * An explicit Runge–Kutta method by its Butcher tableau.
 *
 * @param name for tables
 * @param nodes c: parts of the step at which stages are evaluated; the first is 0
 * @param stages a: row j has j entries
 * @param weights b
 */
public record RungeKutta(String name, double[] nodes, double[][] stages, double[] weights) {
    /** Order 1. */
    public static final RungeKutta EULER =
            new RungeKutta("euler", new double[] {0}, new double[][] {{}}, new double[] {1});
    /** Order 2, evaluated in the middle. */
    public static final RungeKutta MIDPOINT = alpha("midpoint", 0.5);
    /** Order 2, the trapezoid (EDM's). */
    public static final RungeKutta HEUN = alpha("heun", 1);
    /** Heun's method of order 3. */
    public static final RungeKutta HEUN3 = new RungeKutta(
            "heun3", new double[] {0, 1 / 3.0, 2 / 3.0}, new double[][] {{}, {1 / 3.0}, {0, 2 / 3.0}}, new double[] {
                0.25, 0, 0.75
            });
    /** Order 4, Kutta's 3/8 rule (torchdiffeq's {@code rk4}). */
    public static final RungeKutta RK4 = new RungeKutta(
            "rk4",
            new double[] {0, 1 / 3.0, 2 / 3.0, 1},
            new double[][] {{}, {1 / 3.0}, {-1 / 3.0, 1}, {1, -1, 1}},
            new double[] {1 / 8.0, 3 / 8.0, 3 / 8.0, 1 / 8.0});

    /** The second-order family of EDM's {@code ablation_sampler}: evaluated at 0 and at {@code alpha} of the step; 1 Heun, ½ midpoint, ⅔ Ralston. */
    public static RungeKutta secondOrder(double alpha) {
        return alpha("order2(" + alpha + ")", alpha);
    }

    private static RungeKutta alpha(String name, double alpha) {
        if (!(alpha > 0 && alpha <= 1)) {
            throw new MedleyException("second-order step: alpha " + alpha + " must be in (0, 1]");
        }
        return new RungeKutta(name, new double[] {0, alpha}, new double[][] {{}, {alpha}}, new double[] {
            1 - 1 / (2 * alpha), 1 / (2 * alpha)
        });
    }

    /** The method of a name: euler, midpoint, heun, heun3, rk4. */
    public static RungeKutta named(String name) {
        for (var method : new RungeKutta[] {EULER, MIDPOINT, HEUN, HEUN3, RK4}) {
            if (method.name.equals(name)) {
                return method;
            }
        }
        throw new MedleyException("method '" + name + "' is not known; there are: euler, midpoint, heun, heun3, rk4");
    }

    /** y at time {@code to}, in one step from time {@code t}. */
    public Tensor step(VectorField field, Tensor y, double t, double to) {
        double h = to - t;
        var slopes = new ArrayList<Tensor>();
        for (int j = 0; j < nodes.length; j++) {
            var at = y;
            for (int k = 0; k < j; k++) {
                at = stages[j][k] == 0 ? at : at.add(slopes.get(k).mul(h * stages[j][k]));
            }
            slopes.add(field.at(at, Batch.times(nodes[j] == 1 ? to : t + nodes[j] * h, y)));
        }
        var next = y;
        for (int j = 0; j < weights.length; j++) {
            next = weights[j] == 0 ? next : next.add(slopes.get(j).mul(h * weights[j]));
        }
        return next;
    }

    /** y after a whole grid of times. */
    public Tensor solve(VectorField field, Tensor y, double[] grid) {
        var state = y;
        for (int i = 0; i + 1 < grid.length; i++) {
            state = step(field, state, grid[i], grid[i + 1]);
        }
        return state;
    }
}
