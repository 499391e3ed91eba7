package io.medley.loss;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.medley.tensor.DType;
import io.medley.tensor.Generator;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import org.junit.jupiter.api.Test;

/** Wrong partners are drawn by resemblance, or alike; the right one never. */
class HardNegativesTest {
    private static final int DRAWS = 3000;

    /** How often each of four partners is drawn by weights 0 (the right one), 0.7, 0.2 and 0.1. */
    private static double[] shares(HardNegatives negatives) {
        var weights = Tensor.of(new float[] {0, 0.7f, 0.2f, 0.1f}, 1, 4).expand(DRAWS, 4);
        var drawn = negatives.draw(weights);
        var shares = new double[4];
        for (int i = 0; i < shares.length; i++) {
            shares[i] = drawn.eq(i).to(DType.FLOAT32).mean().item();
        }
        return shares;
    }

    @Test
    void hardOnesFollowTheWeights() {
        try (var scope = Scope.open()) {
            assertThat(shares(HardNegatives.random(Generator.of(1))))
                    .containsExactly(new double[] {0, 0.7, 0.2, 0.1}, within(0.04));
            assertThat(shares(HardNegatives.hardest())).containsExactly(0, 1, 0, 0);
        }
    }

    @Test
    void uniformOnesDoNot() {
        try (var scope = Scope.open()) {
            assertThat(shares(HardNegatives.uniform(Generator.of(1))))
                    .containsExactly(new double[] {0, 1 / 3.0, 1 / 3.0, 1 / 3.0}, within(0.04));
        }
    }
}
