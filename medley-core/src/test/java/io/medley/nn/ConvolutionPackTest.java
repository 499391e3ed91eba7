package io.medley.nn;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Packed convolutions equal plain ones to float32 rounding (|Δ| ≤ 2e-5 at 288 terms), and never answer with old weights. */
class ConvolutionPackTest {
    private static final int IN = 32;
    private static final int OUT = 48;

    private final Generator random = Generator.of(7);

    private record Layer(Convolution convolution, Tensor weight, Tensor bias, int stride, int padding) {
        Tensor plain(Tensor x) {
            return x.contiguous().conv2d(weight, bias, stride, padding, 1);
        }
    }

    private Layer layer(int kernel, int stride, int padding) {
        var weights = Weights.random(3).frozen();
        var convolution = new Convolution(weights, IN, OUT, kernel, stride, padding, Init.fanIn());
        return new Layer(
                convolution, weights.buffers().get("weight"), weights.buffers().get("bias"), stride, padding);
    }

    private Tensor pictures(long batch, long height, long width) {
        return random.normal(batch, IN, height, width).channelsLast();
    }

    private static double gap(Tensor a, Tensor b) {
        return a.sub(b).abs().reshape(-1).amax(0, false).item();
    }

    @Test
    void equalPlainOnesWhateverTheSize() {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            for (var layer : new Layer[] {layer(3, 1, 1), layer(1, 1, 0), layer(3, 2, 0)}) {
                for (var x :
                        new Tensor[] {pictures(4, 16, 16), pictures(4, 16, 16), pictures(1, 9, 17), pictures(7, 8, 8)
                        }) {
                    assertThat(gap(layer.convolution.forward(x), layer.plain(x)))
                            .isLessThan(2e-5);
                }
            }
        }
    }

    @Test
    void addAShortcut() {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var layer = layer(3, 1, 1);
            var x = pictures(4, 8, 8);
            var shortcut = random.normal(4, OUT, 8, 8);
            var before = shortcut.copy();
            var sum = layer.plain(x).add(shortcut);
            assertThat(gap(layer.convolution.residual(shortcut, x), sum)).isLessThan(2e-5);
            assertThat(gap(layer.convolution.residual(shortcut.channelsLast(), x), sum))
                    .isLessThan(2e-5);
            assertThat(gap(shortcut, before)).isZero();
        }
    }

    @Test
    void seeAWeightChangedInPlace() {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var layer = layer(3, 1, 1);
            var x = pictures(2, 8, 8);
            layer.convolution.forward(x);
            layer.weight.mul_(2);
            assertThat(gap(layer.convolution.forward(x), layer.plain(x))).isLessThan(4e-5);
        }
    }

    @Test
    void letGradientsThrough() {
        try (var scope = Scope.open()) {
            var layer = layer(3, 1, 1);
            for (int i = 0; i < 2; i++) {
                var x = pictures(2, 8, 8).requiresGrad(true);
                layer.convolution.residual(layer.plain(x), x).sum().backward();
                assertThat(x.grad()).isNotNull();
            }
        }
    }

    @Test
    void outliveTheScopeTheyWereMadeIn() {
        try (var outer = Scope.open();
                var off = NoGrad.open()) {
            var layer = layer(3, 1, 1);
            var x = pictures(2, 8, 8);
            for (int i = 0; i < 3; i++) {
                try (var inner = Scope.open()) {
                    assertThat(gap(layer.convolution.forward(x), layer.plain(x)))
                            .isLessThan(2e-5);
                }
            }
        }
    }
}
