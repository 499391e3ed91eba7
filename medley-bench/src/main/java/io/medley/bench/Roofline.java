package io.medley.bench;

import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;

/** The most this machine multiplies: the best of several float32 matrix products. */
final class Roofline {
    private static final int REPEATS = 4;

    private Roofline() {}

    /** GFLOP/s. */
    static double measure() {
        return Math.max(best(2048, 2048, 2048), best(577, 768, 3072));
    }

    private static double best(int rows, int in, int out) {
        var generator = Generator.of(0);
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            Tensor a = generator.normal(rows, in);
            Tensor b = generator.normal(in, out);
            double best = 0;
            for (int i = 0; i <= REPEATS; i++) {
                long start = System.nanoTime();
                a.matmul(b);
                best = Math.max(best, 2.0 * rows * in * out / (System.nanoTime() - start));
            }
            return best;
        }
    }
}
