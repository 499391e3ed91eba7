package io.medley.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

class TensorTest {
    @Test
    void valuesGoInAndComeOut() {
        try (var scope = Scope.open()) {
            assertThat(Tensor.of(new float[] {1, 2, 3, 4, 5, 6}, 2, 3)
                            .transpose(0, 1)
                            .toFloats())
                    .containsExactly(1, 4, 2, 5, 3, 6);
            assertThat(Tensor.of(new long[] {7, 8}, 2).toLongs()).containsExactly(7, 8);
            assertThat(Tensor.of(new double[] {0.5}, 1).item()).isEqualTo(0.5);
            assertThat(Tensor.arange(3).add(1).shape()).containsExactly(3);
            assertThat(Tensor.zeros(0, 4).toFloats()).isEmpty();
        }
    }

    @Test
    void matmulLinearAndSoftmaxAgreeWithHandArithmetic() {
        try (var scope = Scope.open()) {
            var x = Tensor.of(new float[] {1, 2}, 1, 2);
            var w = Tensor.of(new float[] {3, 4, 5, 6}, 2, 2);
            assertThat(x.matmul(w).toFloats()).containsExactly(13, 16);
            assertThat(x.linear(w, Tensor.of(new float[] {1, -1}, 2)).toFloats())
                    .containsExactly(12, 16);
            assertThat(Tensor.zeros(1, 4).softmax(-1).toFloats()).containsExactly(.25f, .25f, .25f, .25f);
            assertThat(Tensor.of(new float[] {3, 4}, 1, 2).normalize(-1).toFloats())
                    .containsExactly(.6f, .8f);
        }
    }

    @Test
    void gradientsFlow() {
        try (var scope = Scope.open()) {
            var x = Tensor.of(new float[] {1, 2, 3}, 3).requiresGrad(true);
            x.mul(x).sum().backward();
            assertThat(x.grad().toFloats()).containsExactly(2, 4, 6);
            try (var off = NoGrad.open()) {
                assertThat(x.mul(2).requiresGrad()).isFalse();
            }
            assertThat(x.mul(2).requiresGrad()).isTrue();
        }
    }

    @Test
    void failuresNameTheOperationAndTheShapes() {
        try (var scope = Scope.open()) {
            var a = Tensor.zeros(2, 3);
            var b = Tensor.zeros(4, 5);
            assertThatThrownBy(() -> a.matmul(b))
                    .isInstanceOf(TensorException.class)
                    .hasMessageContaining("matmul")
                    .hasMessageContaining("[2, 3]")
                    .hasMessageContaining("[4, 5]")
                    .message()
                    .doesNotContain("\n");
        }
    }

    @Test
    void aScopeFreesWhatItDoesNotKeep() {
        Tensor kept;
        Tensor lost;
        try (var outer = Scope.open()) {
            try (var scope = Scope.open()) {
                lost = Tensor.ones(2);
                kept = scope.keep(lost.add(1));
            }
            assertThat(kept.toFloats()).containsExactly(2, 2);
            assertThat(lost.toString()).isEqualTo("Tensor(freed)");
            assertThatThrownBy(() -> lost.add(1))
                    .isInstanceOf(TensorException.class)
                    .hasMessageContaining("freed");
        }
        assertThat(kept.toString()).isEqualTo("Tensor(freed)");
    }

    @Test
    void closeFreesATensorThatLivesOutsideScopes() {
        var loose = Tensor.ones(2);
        loose.close();
        assertThat(loose.toString()).isEqualTo("Tensor(freed)");
        Tensor kept;
        try (var scope = Scope.open()) {
            kept = scope.keep(Tensor.ones(2));
        }
        kept.close();
        assertThat(kept.toString()).isEqualTo("Tensor(freed)");
    }

    @Test
    void aBufferBecomesATensorWithoutACopyAndStaysReachable() {
        var buffer = ByteBuffer.allocateDirect(12).order(ByteOrder.LITTLE_ENDIAN);
        buffer.putFloat(0, 1).putFloat(4, 2).putFloat(8, 3);
        var view = Tensor.fromBuffer(buffer, DType.FLOAT32, 3).reshape(3, 1).narrow(0, 1, 2);
        buffer.putFloat(4, 9);
        assertThat(view.toFloats()).containsExactly(9, 3);
        assertThat(view.toBuffer().getFloat(0)).isEqualTo(9f);
        assertThatThrownBy(() -> Tensor.fromBuffer(buffer, DType.FLOAT32, 4))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aGeneratorRepeatsItself() {
        try (var scope = Scope.open()) {
            var a = Generator.of(5).normal(100).toFloats();
            assertThat(Generator.of(5).normal(100).toFloats()).isEqualTo(a);
            assertThat(Generator.of(6).normal(100).toFloats()).isNotEqualTo(a);
            var generator = Generator.of(1);
            var state = generator.state();
            var first = generator.uniform(10).toFloats();
            generator.restore(state);
            assertThat(generator.uniform(10).toFloats()).isEqualTo(first);
        }
    }

    @Test
    void threadsWorkSideBySide() throws Exception {
        var weight = Generator.of(1).normal(64, 64);
        var expected = weight.matmul(weight).softmax(-1).toFloats();
        var pool = Executors.newFixedThreadPool(4);
        try {
            var jobs = new ArrayList<Callable<float[]>>();
            for (int i = 0; i < 100; i++) {
                jobs.add(() -> {
                    try (var scope = Scope.open();
                            var off = NoGrad.open()) {
                        return weight.matmul(weight).softmax(-1).toFloats();
                    }
                });
            }
            for (var result : pool.invokeAll(jobs)) {
                assertThat(result.get()).containsExactly(expected, within(1e-5f));
            }
        } finally {
            pool.shutdown();
        }
    }
}
