package io.medley.diffusion;

import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Dormand and Prince's method of order 5 with steps chosen from the error of its order-4 companion, under the rules of scipy's {@code RK45}.
 * Every sample has steps of its own, so a result does not depend on the batch. As a stepper it is adaptive within each interval of the grid;
 * into σ = 0 it takes one Euler step.
 */
public record AdaptiveRk45(double relative, double absolute) implements Stepper, OdeSolver {
    private static final double[] NODES = {0, 1 / 5.0, 3 / 10.0, 4 / 5.0, 8 / 9.0, 1};
    private static final double[][] STAGES = {
        {},
        {1 / 5.0},
        {3 / 40.0, 9 / 40.0},
        {44 / 45.0, -56 / 15.0, 32 / 9.0},
        {19372 / 6561.0, -25360 / 2187.0, 64448 / 6561.0, -212 / 729.0},
        {9017 / 3168.0, -355 / 33.0, 46732 / 5247.0, 49 / 176.0, -5103 / 18656.0}
    };
    private static final double[] WEIGHTS = {35 / 384.0, 0, 500 / 1113.0, 125 / 192.0, -2187 / 6784.0, 11 / 84.0};
    private static final double[] ERRORS = {
        -71 / 57600.0, 0, 71 / 16695.0, -71 / 1920.0, 17253 / 339200.0, -22 / 525.0, 1 / 40.0
    };
    private static final double SAFETY = 0.9;
    private static final double LEAST_FACTOR = 0.2;
    private static final double MOST_FACTOR = 10;
    private static final int MOST_STEPS = 100_000;

    public AdaptiveRk45 {
        if (!(relative > 0 && absolute > 0)) {
            throw new MedleyException("rk45: tolerances must be positive, got " + relative + " and " + absolute);
        }
    }

    @Override
    public Run begin(Denoiser denoiser, double[] grid, Noise noise) {
        return (x, i) -> denoiser.path().sigma(grid[i + 1]) == 0
                ? RungeKutta.EULER.step(denoiser::velocity, Batch.state(x), grid[i], grid[i + 1])
                : solve(denoiser::velocity, Batch.state(x), grid[i], grid[i + 1]);
    }

    @Override
    public Tensor solve(VectorField field, Tensor y, double from, double to) {
        double direction = Math.signum(to - from);
        if (direction == 0 || y.size(0) == 0) {
            return y;
        }
        var state = new State(field, y, from, to, direction);
        for (int n = 0; n < MOST_STEPS && state.unfinished().length > 0; n++) {
            state.advance();
        }
        if (state.unfinished().length > 0) {
            throw new MedleyException("rk45: the end was not reached in " + MOST_STEPS
                    + " steps; loosen the tolerances or look for values that are not numbers");
        }
        return state.y;
    }

    /** All samples, each at its own time. */
    private final class State {
        private final VectorField field;
        private final double to;
        private final double direction;
        private final double[] t;
        private final double[] h;
        private Tensor y;
        private Tensor slope;

        State(VectorField field, Tensor y, double from, double to, double direction) {
            this.field = field;
            this.y = y;
            this.to = to;
            this.direction = direction;
            this.t = Batch.times(from, y);
            this.slope = field.at(y, t);
            this.h = firstSteps(Math.abs(to - from));
        }

        long[] unfinished() {
            var rows = new ArrayList<Long>();
            for (int i = 0; i < t.length; i++) {
                if (t[i] != to) {
                    rows.add((long) i);
                }
            }
            return rows.stream().mapToLong(Long::longValue).toArray();
        }

        /** Hairer, Nørsett and Wanner, I, II.4. */
        private double[] firstSteps(double span) {
            double[] d0 = norms(y, y, y);
            double[] d1 = norms(slope, y, y);
            var h0 = new double[t.length];
            for (int i = 0; i < h0.length; i++) {
                h0[i] = Math.min(span, d0[i] < 1e-5 || d1[i] < 1e-5 ? 1e-6 : 0.01 * d0[i] / d1[i]);
            }
            var moved = y.add(slope.mul(Batch.column(Batch.map(h0, v -> v * direction), y)));
            var later = new double[t.length];
            for (int i = 0; i < later.length; i++) {
                later[i] = t[i] + h0[i] * direction;
            }
            double[] d2 = norms(field.at(moved, later).sub(slope), y, y);
            for (int i = 0; i < h0.length; i++) {
                double most = Math.max(d1[i], d2[i] / h0[i]);
                double h1 = most <= 1e-15 ? Math.max(1e-6, h0[i] * 1e-3) : Math.pow(0.01 / most, 0.2);
                h0[i] = Math.min(span, Math.min(100 * h0[i], h1));
            }
            return h0;
        }

        void advance() {
            try (var scope = Scope.open()) {
                advance(unfinished());
                scope.keep(y);
                scope.keep(slope);
            }
        }

        private void advance(long[] rows) {
            var index = Tensor.of(rows, rows.length);
            var start = y.indexSelect(0, index);
            var signed = new double[rows.length];
            for (int i = 0; i < rows.length; i++) {
                int row = (int) rows[i];
                h[row] = Math.min(h[row], Math.abs(to - t[row]));
                signed[i] = h[row] * direction;
            }
            List<Tensor> slopes = new ArrayList<>(List.of(slope.indexSelect(0, index)));
            for (int j = 1; j < NODES.length; j++) {
                slopes.add(field.at(sum(start, slopes, STAGES[j], signed), later(rows, signed, NODES[j])));
            }
            var end = sum(start, slopes, WEIGHTS, signed);
            slopes.add(field.at(end, later(rows, signed, 1)));
            double[] errors = norms(sum(start, slopes, ERRORS, signed).sub(start), start, end);
            accept(rows, errors, end, slopes.get(slopes.size() - 1));
        }

        private void accept(long[] rows, double[] errors, Tensor end, Tensor endSlope) {
            var taken = new boolean[rows.length];
            var where = new long[t.length];
            for (int i = 0; i < rows.length; i++) {
                int row = (int) rows[i];
                if (!Double.isFinite(errors[i])) {
                    throw new MedleyException("rk45: the model gives values that are not numbers at time " + t[row]);
                }
                taken[i] = errors[i] < 1;
                where[row] = i;
                double factor = errors[i] == 0 ? MOST_FACTOR : SAFETY * Math.pow(errors[i], -0.2);
                if (taken[i]) {
                    // The last step lands on the end exactly.
                    double rest = Math.abs(to - t[row]);
                    t[row] = h[row] >= rest ? to : t[row] + h[row] * direction;
                    h[row] *= Math.min(MOST_FACTOR, factor);
                } else {
                    h[row] *= Math.max(LEAST_FACTOR, factor);
                }
            }
            var mask = new double[t.length];
            for (int i = 0; i < rows.length; i++) {
                mask[(int) rows[i]] = taken[i] ? 1 : 0;
            }
            var column = Batch.column(mask, y).gt(0.5);
            var back = Tensor.of(where, where.length);
            y = Tensor.where(column, end.indexSelect(0, back), y);
            slope = Tensor.where(column, endSlope.indexSelect(0, back), slope);
        }

        private double[] later(long[] rows, double[] signed, double node) {
            var times = new double[rows.length];
            for (int i = 0; i < times.length; i++) {
                times[i] = node == 1 && Math.abs(to - t[(int) rows[i]]) <= Math.abs(signed[i])
                        ? to
                        : t[(int) rows[i]] + node * signed[i];
            }
            return times;
        }

        private Tensor sum(Tensor start, List<Tensor> slopes, double[] factors, double[] signed) {
            var total = start;
            for (int j = 0; j < factors.length; j++) {
                double factor = factors[j];
                if (factor != 0) {
                    total = total.add(slopes.get(j).mul(Batch.column(Batch.map(signed, v -> v * factor), start)));
                }
            }
            return total;
        }

        /** Root mean square of value/(absolute + relative·max(|a|, |b|)), per sample. */
        private double[] norms(Tensor value, Tensor a, Tensor b) {
            var scaled = value.div(a.abs().maximum(b.abs()).mul(relative).add(absolute));
            double elements = (double) value.numel() / value.size(0);
            return Batch.map(Batch.sums(scaled.mul(scaled)).toDoubles(), s -> Math.sqrt(s / elements));
        }
    }
}
