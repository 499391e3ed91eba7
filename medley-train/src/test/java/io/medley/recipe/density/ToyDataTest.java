package io.medley.recipe.density;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Sampler, density and entropy of a data set must tell the same story. */
class ToyDataTest {

    @ParameterizedTest
    @MethodSource("names")
    void samplesHaveTheEntropyThatIsClaimed(String name) {
        var data = ToyData.named(name);
        try (var scope = Scope.open()) {
            var points = data.sample(Generator.of(3), 5000);
            assertThat(points.shape()).containsExactly(5000, 2);
            assertThat(data.meanLogDensity(points)).isCloseTo(-data.entropy(), within(0.05));
        }
    }

    /** A density that is too high somewhere, and samples that avoid the place, would pass the test above. */
    @ParameterizedTest
    @MethodSource("names")
    void densityIntegratesToOne(String name) {
        var data = ToyData.named(name);
        var box = data.box();
        int steps = 160;
        double dx = box.width() / steps;
        double dy = box.height() / steps;
        double sum = 0;
        for (int i = 0; i < steps; i++) {
            for (int j = 0; j < steps; j++) {
                sum += Math.exp(data.logDensity(box.minX() + (i + 0.5) * dx, box.minY() + (j + 0.5) * dy));
            }
        }
        assertThat(sum * dx * dy).isCloseTo(1, within(1e-3));
    }

    static java.util.List<String> names() {
        return ToyData.names();
    }

    /** Values estimated elsewhere from 8000 draws; their standard error is 0.008. */
    @ParameterizedTest
    @CsvSource({"0.05, 0.273", "0.1, 1.011"})
    void moonsHaveTheirKnownEntropy(double noise, double entropy) {
        assertThat(ToyData.moons(noise).entropy()).isCloseTo(entropy, within(0.02));
    }

    @ParameterizedTest
    @CsvSource({"1, 0.1, 0.313", "2, 0.2, 1.699", "4, 0.5, 3.521"})
    void eightGaussiansHaveTheirKnownEntropy(double radius, double deviation, double entropy) {
        assertThat(GaussianMixture.onCircle("8gaussians", 8, radius, deviation).entropy())
                .isCloseTo(entropy, within(0.006));
    }

    @Test
    void closedForms() {
        assertThat(ToyData.named("gaussian").entropy()).isCloseTo(1 + Math.log(2 * Math.PI), within(1e-6));
        assertThat(ToyData.named("checkerboard").entropy()).isCloseTo(Math.log(32), within(1e-12));
        assertThat(new Banana(0.5).entropy()).isCloseTo(1 + Math.log(2 * Math.PI) + Math.log(0.5), within(1e-12));
    }

    @Test
    void sameSeedSameSamples() {
        try (var scope = Scope.open()) {
            var once = ToyData.named("spirals").sample(Generator.of(5), 100).toFloats();
            var again = ToyData.named("spirals").sample(Generator.of(5), 100).toFloats();
            assertThat(once).containsExactly(again);
        }
    }

    @Test
    void refusesWhatItDoesNotKnow() {
        assertThatThrownBy(() -> ToyData.named("moon"))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("moons, banana");
        assertThatThrownBy(() -> ToyData.moons(0)).isInstanceOf(MedleyException.class);
        assertThatThrownBy(() -> new Banana(Double.NaN)).isInstanceOf(MedleyException.class);
    }
}
