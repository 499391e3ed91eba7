package io.medley.diffusion;

import static org.assertj.core.api.Assertions.assertThat;

import io.medley.tensor.DType;
import io.medley.tensor.Generator;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PredictionTest {
    private static final List<Prediction> PREDICTIONS = List.of(
            Prediction.EPSILON,
            Prediction.SAMPLE,
            Prediction.V,
            Prediction.VELOCITY,
            Prediction.SCORE,
            Prediction.edm(0.5));

    static Map<String, ProbabilityPath> paths() {
        var paths = new LinkedHashMap<String, ProbabilityPath>();
        paths.put("vp", Paths.variancePreserving(0.1, 20));
        paths.put("sub-vp", Paths.subVariancePreserving(0.1, 20));
        paths.put("ve", Paths.varianceExploding(0.01, 50));
        paths.put("edm", Paths.edm(1));
        paths.put("square root", Paths.squareRoot(1));
        paths.put("vp by level", Paths.variancePreservingByLevel(1));
        paths.put("linear", Paths.linear());
        paths.put("cosine", Paths.cosine());
        paths.put("polynomial", Paths.polynomial(2.5));
        paths.put("linear vp", Paths.linearVariancePreserving());
        paths.put("reversed linear", Paths.reversed(Paths.linear()));
        paths.put("reversed vp", Paths.reversed(Paths.variancePreserving(0.1, 20)));
        return paths;
    }

    /** From every prediction into every other, against what the definition says of the same data and noise. */
    @Test
    void allConversionsAreExact() {
        double[] t = {0.15, 0.3, 0.45, 0.6};
        try (var scope = Scope.open()) {
            var x0 = Noise.seeded(1, 0).normal(4, 3);
            var noise = Noise.seeded(2, 0).normal(4, 3);
            paths().forEach((name, path) -> {
                var x = Batch.combine(x0, t, path::alpha, noise, path::sigma);
                for (var from : PREDICTIONS) {
                    var y = from.target(path, x0, noise, x, t);
                    for (var to : PREDICTIONS) {
                        var wanted = to.target(path, x0, noise, x, t);
                        assertThat(relativeError(from.convert(to, path, y, x, t), wanted))
                                .as("%s: %s to %s", name, from, to)
                                .isLessThan(1e-12);
                    }
                }
            });
        }
    }

    @Test
    void theLossOfASystemDoesNotDependOnWhatItsNetworkPredicts() {
        try (var scope = Scope.open()) {
            var generator = Generator.of(7);
            var data = generator.normal(6, 5);
            var noise = generator.normal(6, 5);
            double[] t = {0.1, 0.2, 0.4, 0.6, 0.8, 0.9};
            for (var system :
                    List.of(DiffusionSystem.flowMatching(), DiffusionSystem.vCosine(), DiffusionSystem.edm(0.5))) {
                double[] at = Batch.map(t, u -> system.path().timeOfNoiseLevel(u / (1 - u)));
                // Always the same guess of the data, told in the coordinates that are asked for.
                var guess = generator.normal(6, 5).to(DType.FLOAT64);
                var x = system.mix(Batch.state(data), Batch.state(noise), at);
                var own = losses(system, guess, x, data, noise, at);
                for (var other : List.of(Prediction.SAMPLE, Prediction.EPSILON, Prediction.VELOCITY)) {
                    var told = losses(system.predicting(other, 1e9), guess, x, data, noise, at);
                    assertThat(relativeError(told, own))
                            .as(system.name() + " " + other)
                            .isLessThan(1e-4);
                }
                var capped = losses(system.predicting(Prediction.SAMPLE, 1e-3), guess, x, data, noise, at);
                assertThat(relativeError(
                                capped, guess.sub(data).pow(2).mean(1, false).mul(1e-3)))
                        .isLessThan(1e-4);
            }
        }
    }

    private static Tensor losses(
            DiffusionSystem system, Tensor guess, Tensor x, Tensor data, Tensor noise, double[] t) {
        var told = Prediction.SAMPLE.convert(system.prediction(), system.path(), guess, x, t);
        return new DenoisingObjective(system, Coupling.AS_GIVEN)
                .losses((input, time) -> told.to(DType.FLOAT32), data, noise, t);
    }

    @Test
    void derivativesArePathSlopes() {
        paths().forEach((name, path) -> {
            for (double t : new double[] {0.2, 0.5, 0.8}) {
                double h = 1e-6;
                assertThat((path.alpha(t + h) - path.alpha(t - h)) / (2 * h))
                        .as(name)
                        .isCloseTo(path.alphaRate(t), org.assertj.core.data.Offset.offset(1e-6));
                double sigma = (path.sigma(t + h) - path.sigma(t - h)) / (2 * h);
                assertThat(sigma)
                        .as(name)
                        .isCloseTo(
                                path.sigmaRate(t), org.assertj.core.data.Offset.offset(1e-5 * (1 + Math.abs(sigma))));
                assertThat(path.timeOfNoiseLevel(path.noiseLevel(t)))
                        .as(name)
                        .isCloseTo(t, org.assertj.core.data.Offset.offset(1e-9));
            }
        });
    }

    @Test
    void discretePathsInterpolateBetweenTheirSteps() {
        var path = Paths.discrete(BetaSchedule.alphasCumprod(BetaSchedule.linear(1e-4, 0.02, 1000)));
        assertThat(path.alpha(999) * path.alpha(999)).isCloseTo(4.04e-5, org.assertj.core.data.Offset.offset(1e-7));
        assertThat(path.noiseLevel(0)).isCloseTo(0.0100, org.assertj.core.data.Offset.offset(1e-4));
        assertThat(path.noiseLevel(999)).isCloseTo(157.4, org.assertj.core.data.Offset.offset(0.1));
        assertThat(path.sigma(-1)).isZero();
        for (double t : new double[] {-0.5, 0.3, 10.25, 998.75}) {
            double h = 1e-5;
            double slope = (path.sigma(t + h) - path.sigma(t - h)) / (2 * h);
            assertThat(slope).isCloseTo(path.sigmaRate(t), org.assertj.core.data.Offset.offset(1e-7));
            assertThat(path.timeOfNoiseLevel(path.noiseLevel(t)))
                    .isCloseTo(t, org.assertj.core.data.Offset.offset(1e-9));
        }
    }

    static double relativeError(Tensor actual, Tensor wanted) {
        double[] a = actual.toDoubles();
        double[] b = wanted.toDoubles();
        double error = 0;
        double scale = 0;
        for (int i = 0; i < a.length; i++) {
            error = Math.max(error, Math.abs(a[i] - b[i]));
            scale = Math.max(scale, Math.abs(b[i]));
        }
        return error / scale;
    }
}
