package io.medley.model.vit;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.nn.Weights;
import io.medley.tensor.Engine;
import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Images encoded side by side on several cores are what one core makes of them, one after the other. */
class SideBySideTest {
    @Test
    void coresMakeNoDifference() {
        int before = Engine.threads();
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var config = new VitConfig(224, 16, 768, 1, 12, 768, 1e-6);
            var vision = new VisionTransformer(Weights.random(3).frozen(), config);
            var pixels = Generator.of(4).normal(3, 3, 224, 224);
            Engine.setThreads(1);
            var one = vision.forward(pixels);
            Engine.setThreads(2);
            var two = vision.forward(pixels);
            assertThat(two.shape()).isEqualTo(one.shape());
            assertThat(largest(two.sub(one))).isLessThan(1e-4);
            assertThat(largest(two.narrow(0, 2, 1).sub(vision.forward(pixels.narrow(0, 2, 1)))))
                    .isLessThan(1e-4);
            assertThat(largest(two)).isGreaterThan(1);
        } finally {
            Engine.setThreads(before);
        }
    }

    private static double largest(Tensor x) {
        return x.abs().reshape(-1).amax(0, false).item();
    }
}
