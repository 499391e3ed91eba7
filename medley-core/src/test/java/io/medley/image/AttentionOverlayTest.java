package io.medley.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Equality with LAVIS's getAttMap on the overlay cases of {@code reference/blip_gradcam}. */
class AttentionOverlayTest {
    private static final Golden GOLDEN = new Golden("attention_overlay");
    private static final int HEIGHT = 40;
    private static final int WIDTH = 56;

    @ParameterizedTest
    @CsvSource({"0.avg,true", "0.avg,false", "0.tok1,true", "0.tok1,false", "1.avg,true", "1.avg,false"})
    void equalsGetAttMap(String name, boolean blur) {
        String key = "attmap." + name + ".blur" + (blur ? 1 : 0);
        double[] input = GOLDEN.doubles("attmap." + name + ".input");
        double[] heat = AttentionOverlay.heat(input, 24, 24, HEIGHT, WIDTH, blur);
        assertThat(largest(heat, GOLDEN.floats(key + ".overlap0"))).isLessThan(1e-6);
        double[] blended = AttentionOverlay.blend(GOLDEN.doubles("attmap.image"), heat);
        assertThat(largest(blended, GOLDEN.floats(key + ".overlap1"))).isLessThan(2e-3);
    }

    @Test
    void anAllZeroMapStaysFinite() {
        double[] heat = AttentionOverlay.heat(new double[24 * 24], 24, 24, HEIGHT, WIDTH, true);
        assertThat(heat).containsOnly(0);
        double[] image = GOLDEN.doubles("attmap.image");
        assertThat(AttentionOverlay.blend(image, heat)).isEqualTo(image);
    }

    @Test
    void anyGridAndSize() {
        RgbImage image = new RgbImage(5, 3, new byte[45]);
        double[] map = {0, 1, 2, 3, 4, 5, 6};
        for (boolean blur : new boolean[] {true, false}) {
            for (double v : AttentionOverlay.heat(map, 7, 1, 3, 5, blur)) {
                assertThat(v).isBetween(0.0, 1.0);
            }
            assertThat(AttentionOverlay.draw(image, map, 1, 7, blur)).isNotEqualTo(image);
        }
        double[] one = {2.5};
        assertThat(AttentionOverlay.heat(one, 1, 1, 4, 4, true)).containsOnly(0);
    }

    @Test
    void refusesMapsThatAreNone() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> AttentionOverlay.heat(new double[3], 2, 2, 4, 4, true))
                .withMessageContaining("2x2");
        double[] map = new double[4];
        Arrays.fill(map, Double.NaN);
        assertThatIllegalArgumentException().isThrownBy(() -> AttentionOverlay.heat(map, 2, 2, 4, 4, true));
    }

    private static double largest(double[] a, float[] b) {
        assertThat(a).hasSize(b.length);
        double max = 0;
        for (int i = 0; i < a.length; i++) {
            double d = Math.abs(a[i] - b[i]);
            max = d <= max ? max : d;
        }
        return max;
    }
}
