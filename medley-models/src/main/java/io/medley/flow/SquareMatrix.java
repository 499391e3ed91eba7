package io.medley.flow;

import io.medley.nn.Init;
import io.medley.nn.Weights;
import io.medley.tensor.DType;
import io.medley.tensor.Generator;
import io.medley.tensor.Tensor;

/** A learned invertible matrix (C, C) and its determinant. Inverses are computed in float64, as normflows does. */
public sealed interface SquareMatrix {

    Tensor weight();

    Tensor inverseWeight();

    /** log |det|, a scalar. */
    Tensor logAbsDet();

    /** This matrix with rows and columns exchanged: for originals that multiply rows from the left. */
    default SquareMatrix transposed() {
        return new Transposed(this);
    }

    /** The transpose of another. */
    record Transposed(SquareMatrix of) implements SquareMatrix {
        @Override
        public Tensor weight() {
            return of.weight().transpose(0, 1);
        }

        @Override
        public Tensor inverseWeight() {
            return of.inverseWeight().transpose(0, 1);
        }

        @Override
        public Tensor logAbsDet() {
            return of.logAbsDet();
        }
    }

    /** Any matrix, started as a random rotation: parameter {@code W}. Its determinant costs O(C³) at every call. */
    record Plain(Tensor weight) implements SquareMatrix {
        public Plain(Weights weights, int size) {
            this(weights.parameter("W", (g, shape) -> rotation(g, size), size, size));
        }

        @Override
        public Tensor inverseWeight() {
            return inDouble(weight);
        }

        @Override
        public Tensor logAbsDet() {
            return weight.logAbsDet();
        }
    }

    /**
     * P·L·(U + diag(sign·exp(logS))), started as a random rotation: Glow's LU form, under normflows' names. P and the signs stay as they
     * are, so the matrix can never become singular.
     */
    final class Plu implements SquareMatrix {
        private final int size;
        private final Tensor lower;
        private final Tensor logS;
        private final Tensor upper;
        private final Tensor permutation;
        private final Tensor signS;

        public Plu(Weights weights, int size) {
            this.size = size;
            // All five come from one rotation; it is drawn by whichever is created first.
            var start = new Start(size);
            this.lower = weights.parameter("L", (g, shape) -> start.factors(g).lower(), size, size);
            this.logS = weights.parameter(
                    "log_S",
                    (g, shape) -> start.factors(g).upper().diagonal().abs().log(),
                    size);
            this.upper = weights.parameter(
                    "U", (g, shape) -> start.factors(g).upper().upperTriangle(1), size, size);
            this.permutation =
                    weights.buffer("P", (g, shape) -> start.factors(g).permutation(), size, size);
            this.signS = weights.buffer(
                    "sign_S",
                    (g, shape) -> {
                        var diagonal = start.factors(g).upper().diagonal();
                        return diagonal.div(diagonal.abs());
                    },
                    size);
            weights.ignorable("eye");
        }

        private static final class Start {
            private final int size;
            private Tensor.@org.jspecify.annotations.Nullable Lu factors;

            Start(int size) {
                this.size = size;
            }

            Tensor.Lu factors(Generator generator) {
                if (factors == null) {
                    factors = rotation(generator, size).lu();
                }
                return factors;
            }
        }

        @Override
        public Tensor weight() {
            return permutation.matmul(lowerFactor()).matmul(upperFactor());
        }

        @Override
        public Tensor inverseWeight() {
            return inDouble(upperFactor()).matmul(inDouble(lowerFactor())).matmul(permutation.transpose(0, 1));
        }

        @Override
        public Tensor logAbsDet() {
            return logS.sum();
        }

        private Tensor lowerFactor() {
            return lower.lowerTriangle(-1)
                    .add(Tensor.full(1, lower.dtype(), size).diagonal());
        }

        private Tensor upperFactor() {
            return upper.upperTriangle(1).add(signS.mul(logS.exp()).diagonal());
        }
    }

    /**
     * L·U from the entries of two triangles, row by row: nflows' {@code LULinear}. L has ones on its diagonal, U has softplus(d) + 0.001.
     */
    final class LuEntries implements SquareMatrix {
        private static final double FLOOR = 1e-3;

        private final int size;
        private final Tensor lower;
        private final Tensor upper;
        private final Tensor diagonal;

        /** Started as the identity. */
        public LuEntries(Weights weights, int size) {
            this.size = size;
            int entries = size * (size - 1) / 2;
            this.lower = weights.parameter("lower_entries", Init.ZEROS, entries);
            this.upper = weights.parameter("upper_entries", Init.ZEROS, entries);
            this.diagonal = weights.parameter(
                    "unconstrained_upper_diag", Init.constant(Math.log(Math.exp(1 - FLOOR) - 1)), size);
        }

        @Override
        public Tensor weight() {
            return lowerFactor().matmul(upperFactor());
        }

        @Override
        public Tensor inverseWeight() {
            return inDouble(upperFactor()).matmul(inDouble(lowerFactor()));
        }

        @Override
        public Tensor logAbsDet() {
            return positive().log().sum();
        }

        private Tensor lowerFactor() {
            return triangle(lower, size, false)
                    .add(Tensor.full(1, lower.dtype(), size).diagonal());
        }

        private Tensor upperFactor() {
            return triangle(upper, size, true).add(positive().diagonal());
        }

        private Tensor positive() {
            return diagonal.softplus().add(FLOOR);
        }
    }

    /** An upper triangle with exp(d) on its diagonal: the R of nflows' {@code QRLinear}. */
    final class UpperTriangular implements SquareMatrix {
        private final int size;
        private final Tensor entries;
        private final Tensor logDiagonal;

        public UpperTriangular(Weights weights, int size) {
            this.size = size;
            var near = Init.uniform(1 / Math.sqrt(size));
            this.entries = weights.parameter("upper_entries", near, (long) size * (size - 1) / 2);
            this.logDiagonal = weights.parameter("log_upper_diag", near, size);
        }

        @Override
        public Tensor weight() {
            return triangle(entries, size, true).add(logDiagonal.exp().diagonal());
        }

        @Override
        public Tensor inverseWeight() {
            return inDouble(weight());
        }

        @Override
        public Tensor logAbsDet() {
            return logDiagonal.sum();
        }
    }

    /** The strict triangle (N, N) whose entries are given row by row. */
    private static Tensor triangle(Tensor entries, int size, boolean upper) {
        var places = new long[size * size];
        var inside = new boolean[size * size];
        int next = 0;
        for (int row = 0; row < size; row++) {
            for (int column = 0; column < size; column++) {
                if (upper ? column > row : column < row) {
                    inside[row * size + column] = true;
                    places[row * size + column] = next++;
                }
            }
        }
        if (next == 0) {
            return Tensor.zeros(entries.dtype(), size, size);
        }
        var outside = Tensor.of(inside, size, size).logicalNot();
        return entries.indexSelect(0, Tensor.of(places, (long) size * size))
                .reshape(size, size)
                .maskedFill(outside, 0);
    }

    private static Tensor rotation(Generator generator, int size) {
        return generator.normal(size, size).orthogonalFactor();
    }

    private static Tensor inDouble(Tensor matrix) {
        return matrix.to(DType.FLOAT64).inverse().to(matrix.dtype());
    }
}
