package io.medley.task;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import org.junit.jupiter.api.Test;

class HeatMapTest {
    @Test
    void normalisingStretchesToOneAndSparesFlatMaps() {
        HeatMap map = new HeatMap(1, 3, new float[] {1, 2, 5}).normalised();
        assertThat(map.values()).containsExactly(0, 0.25f, 1);
        assertThat(new HeatMap(1, 2, new float[] {3, 3}).normalised().values()).containsExactly(0, 0);
    }

    @Test
    void resizingKeepsTheMeanOfALinearRampAndStaysInRange() {
        HeatMap large = new HeatMap(2, 2, new float[] {0, 1, 0, 1}).resized(8, 8);
        double sum = 0;
        for (float value : large.values()) {
            assertThat(value).isBetween(0f, 1f);
            sum += value;
        }
        assertThat(sum / 64).isCloseTo(0.5, within(1e-6));
        assertThat(large.at(0, 0)).isZero();
        assertThat(large.at(7, 7)).isEqualTo(1);
        assertThat(new HeatMap(1, 1, new float[] {2}).resized(3, 5).at(2, 4)).isEqualTo(2);
    }

    @Test
    void impossibleMapsAreRefused() {
        assertThatThrownBy(() -> new HeatMap(2, 2, new float[3])).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HeatMap(1, 1, new float[] {Float.NaN}))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new HeatMap(1, 1, new float[] {-1})).isInstanceOf(IllegalArgumentException.class);
    }
}
