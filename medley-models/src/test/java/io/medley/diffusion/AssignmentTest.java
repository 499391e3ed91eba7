package io.medley.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AssignmentTest {

    /** Against all permutations. */
    @Test
    void findsTheLeastSum() {
        var random = new SplittableRandom(5);
        for (int n = 1; n <= 7; n++) {
            var cost = new double[n][n];
            for (var row : cost) {
                for (int j = 0; j < n; j++) {
                    row[j] = random.nextDouble() * 10 - 5;
                }
            }
            int[] chosen = Assignment.solve(cost);
            assertThat(chosen).doesNotHaveDuplicates();
            double sum = 0;
            for (int i = 0; i < n; i++) {
                sum += cost[i][chosen[i]];
            }
            assertThat(sum).isCloseTo(least(cost, 0, new boolean[n]), org.assertj.core.data.Offset.offset(1e-12));
        }
    }

    @Test
    void refusesWhatIsNoSquareOfNumbers() {
        assertThatThrownBy(() -> Assignment.solve(new double[][] {{1, 2}})).hasMessageContaining("square");
        assertThatThrownBy(() -> Assignment.solve(new double[][] {{Double.NaN}}))
                .hasMessageContaining("finite");
    }

    private static double least(double[][] cost, int row, boolean[] taken) {
        if (row == cost.length) {
            return 0;
        }
        double best = Double.POSITIVE_INFINITY;
        for (int j = 0; j < taken.length; j++) {
            if (!taken[j]) {
                taken[j] = true;
                best = Math.min(best, cost[row][j] + least(cost, row + 1, taken));
                taken[j] = false;
            }
        }
        return best;
    }
}
