package io.medley.model.vit;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.nn.Lora;
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

    @Test
    void gradientsOfAdaptersAreThoseOfImageAfterImage() {
        int before = Engine.threads();
        try (var scope = Scope.open()) {
            Engine.setThreads(2);
            var config = new VitConfig(224, 16, 768, 1, 12, 768, 1e-6);
            var weights = Weights.random(3);
            var vision = new VisionTransformer(weights, config);
            var lora = Lora.attach(weights, Lora.Options.of(2, 4, path -> path.endsWith("qkv")), Generator.of(5));
            var pixels = Generator.of(4).normal(2, 3, 224, 224);
            var direction = Generator.of(6).normal(1, config.tokens(), config.width());
            vision.forward(pixels).mul(direction).sum().backward();
            var map = lora.parameters().values().stream()
                    .filter(parameter -> parameter.shape()[0] > 2)
                    .findFirst()
                    .orElseThrow(); // B, for that of A is zero while B is
            var together = map.grad().copy();
            for (int i = 0; i < 2; i++) {
                vision.forward(pixels.narrow(0, i, 1)).mul(direction).sum().backward();
            }
            var apart = map.grad().sub(together); // gradients add up
            assertThat(largest(apart)).isGreaterThan(0.1);
            assertThat(largest(apart.sub(together))).isLessThan(1e-3 * largest(apart));
        } finally {
            Engine.setThreads(before);
        }
    }

    private static double largest(Tensor x) {
        return x.abs().reshape(-1).amax(0, false).item();
    }
}
