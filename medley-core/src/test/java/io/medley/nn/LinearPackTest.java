package io.medley.nn;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.PackedLinear;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Packed products equal plain ones to float32 rounding (|Δ| ≤ 2e-5 at 768 terms), and never answer with old weights. */
class LinearPackTest {
    private static final int WIDTH = 768;

    private final Generator random = Generator.of(7);

    private Tensor normal(long... shape) {
        return random.normal(shape);
    }

    private static double gap(Tensor a, Tensor b) {
        return a.sub(b).abs().amax(0, false).amax(0, false).item();
    }

    @Test
    void packedProductsEqualPlainOnesAtEveryRowCount() {
        assumeThat(PackedLinear.isAvailable()).isTrue();
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var weight = normal(WIDTH, WIDTH).mul(0.02);
            var bias = normal(WIDTH);
            var linear = new Linear(weight, bias);
            for (int rows : new int[] {2, 2, 2, 3, 8, 10, 24, 65, 577, 1}) {
                var x = normal(rows, WIDTH);
                assertThat(gap(linear.forward(x), x.linear(weight, bias))).isLessThan(2e-5);
                assertThat(gap(linear.gelu(x), x.linear(weight, bias).gelu())).isLessThan(2e-5);
            }
            var strided = normal(5, 2 * WIDTH).narrow(1, WIDTH, WIDTH);
            assertThat(gap(linear.forward(strided), strided.linear(weight, bias)))
                    .isLessThan(2e-5);
        }
    }

    @Test
    void aSingleRowNeedsNoPack() {
        assumeThat(PackedLinear.isAvailable()).isTrue();
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var weight = normal(WIDTH, WIDTH).mul(0.02);
            var bias = normal(WIDTH);
            var map = PackedLinear.unpacked(weight, bias);
            var x = normal(1, 1, WIDTH);
            assertThat(gap(map.forward(x).select(0, 0), x.linear(weight, bias).select(0, 0)))
                    .isLessThan(2e-5);
            weight.mul_(2);
            assertThat(map.isCurrent()).isTrue();
            assertThat(gap(
                            map.gelu(x).select(0, 0),
                            x.linear(weight, bias).gelu().select(0, 0)))
                    .isLessThan(2e-5);
        }
    }

    @Test
    void aWeightChangedInPlaceIsSeen() {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var weight = normal(WIDTH, WIDTH).mul(0.02);
            var linear = new Linear(weight, null);
            var x = normal(4, WIDTH);
            for (int i = 0; i < 5; i++) {
                linear.forward(x);
            }
            weight.mul_(2);
            assertThat(gap(linear.forward(x), x.linear(weight, null))).isLessThan(2e-5);
            var row = normal(1, WIDTH);
            assertThat(gap(linear.forward(row), row.linear(weight, null))).isLessThan(2e-5);
        }
    }

    @Test
    void gradientsFlowThroughConstantWeights() {
        try (var scope = Scope.open()) {
            var linear = new Linear(normal(WIDTH, WIDTH), null);
            for (int i = 0; i < 5; i++) {
                var x = normal(4, WIDTH).requiresGrad(true);
                linear.forward(x).sum().backward();
                assertThat(x.grad()).isNotNull();
            }
        }
    }

    @Test
    void packsOutliveTheScopeTheyWereMadeIn() {
        try (var outer = Scope.open();
                var off = NoGrad.open()) {
            var weight = normal(WIDTH, WIDTH).mul(0.02);
            var linear = new Linear(weight, normal(WIDTH));
            var x = normal(4, WIDTH);
            for (int i = 0; i < 6; i++) {
                try (var inner = Scope.open()) {
                    assertThat(gap(linear.forward(x), x.linear(weight, linear.bias())))
                            .isLessThan(2e-5);
                }
            }
        }
    }
}
