package io.medley.model.unet;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.medley.nn.Weights;
import io.medley.tensor.Engine;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What must hold of any weights. */
class DdpmUnetTest {
    private static final DdpmUnetConfig SMALL = DdpmUnetConfig.ddpm(3, 32, List.of(1, 2), List.of(false, true), 1, 0.5);

    @Test
    void hasTheSizeThePaperSays() {
        try (var scope = Scope.open()) {
            var weights = Weights.shapes();
            var unet = new DdpmUnet(weights, DdpmUnetConfig.cifar10());
            assertThat(unet.config().factor()).isEqualTo(8);
            long parameters = weights.parameters().values().stream()
                    .mapToLong(Tensor::numel)
                    .sum();
            assertThat(parameters).isEqualTo(35_746_307);
        }
    }

    @Test
    void picturesDoNotSeeEachOther() {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var unet = disturbed();
            var x = Generator.of(2).normal(3, 3, 8, 12);
            var t = Tensor.of(new float[] {0, 500, 999}, 3);
            var together = unet.forward(x, t);
            var alone = unet.forward(x.narrow(0, 1, 1), t.narrow(0, 1, 1));
            var differences = together.narrow(0, 1, 1).sub(alone).abs().toDoubles();
            assertThat(Arrays.stream(differences).max().orElseThrow()).isLessThan(1e-5);
            assertThat(together.shape()).containsExactly(3, 3, 8, 12);
        }
    }

    @Test
    void dropsOnlyWhenAGeneratorIsGiven() {
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            var unet = disturbed();
            var x = Generator.of(2).normal(1, 3, 8, 8);
            var t = Tensor.zeros(1);
            var plain = unet.forward(x, t).toFloats();
            assertThat(unet.forward(x, t).toFloats()).isEqualTo(plain);
            assertThat(unet.forward(x, t, null, Generator.of(1)).toFloats())
                    .isNotEqualTo(plain)
                    .isEqualTo(unet.forward(x, t, null, Generator.of(1)).toFloats());
        }
    }

    @Test
    void startsAtZeroAndLearns() {
        try (var scope = Scope.open()) {
            var weights = Weights.random(1);
            var unet = new DdpmUnet(weights, SMALL);
            var out = unet.forward(Generator.of(2).normal(1, 3, 8, 8), Tensor.zeros(1));
            assertThat(out.abs().sum().item()).isZero();
            out.sub(1).pow(2).mean().backward();
            var gradient = weights.parameter("conv_out.bias").grad();
            assertThat(gradient).isNotNull();
        }
    }

    @Test
    void memoryOfAStepIsFlat() {
        try (var off = NoGrad.open()) {
            var unet = disturbed();
            step(unet);
            step(unet);
            long before = Engine.residentBytes();
            for (int i = 0; i < 20; i++) {
                step(unet);
            }
            assertThat(Engine.residentBytes() - before).isLessThan(32L << 20);
        }
    }

    private static void step(DdpmUnet unet) {
        try (var scope = Scope.open()) {
            var out = unet.forward(Tensor.ones(8, 3, 32, 32), Tensor.zeros(8));
            assertThat(out.isFinite()).isTrue();
        }
    }

    @Test
    void refusesWidthsThatGroupsDoNotDivide() {
        assertThatThrownBy(() -> DdpmUnetConfig.ddpm(3, 48, List.of(1), List.of(false), 1, 0))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("32 norm groups");
    }

    /** No layer is zero, so that everything counts. */
    private static DdpmUnet disturbed() {
        var weights = Weights.random(1);
        var unet = new DdpmUnet(weights, SMALL);
        var generator = Generator.of(9);
        try (var scope = Scope.open();
                var off = NoGrad.open()) {
            weights.parameters()
                    .values()
                    .forEach(p -> p.add_(generator.normal(p.shape()).mul_(0.05)));
        }
        return unet;
    }
}
