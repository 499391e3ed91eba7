package io.medley.flow;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.medley.nn.Weights;
import io.medley.tensor.DType;
import io.medley.tensor.Engine;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What must hold of any bijector, whatever its weights: its inverse undoes it, its log-determinant is that of its Jacobian. */
class BijectorTest {
    private static final int FEATURES = 4;

    /** Maps of (B, 4) whose parameters are moved away from their start, where many are the identity. */
    private static final Map<String, Function<Weights, Bijector>> MAPS = Map.ofEntries(
            Map.entry(
                    "planar",
                    w -> new PlanarConfig(FEATURES, 3).build(w, Generator.of(0)).toNoise()),
            Map.entry("planar leaky", w -> new Planar(w, FEATURES, Planar.Activation.LEAKY_RELU)),
            Map.entry(
                    "radial",
                    w -> new RadialConfig(FEATURES, 3).build(w, Generator.of(0)).toNoise()),
            Map.entry("NICE", w -> new NiceConfig(FEATURES, 4, 16, 2, true)
                    .build(w, Generator.of(0))
                    .toNoise()),
            Map.entry("RealNVP", w -> new RealNvpConfig(FEATURES, 4, 16, 2)
                    .build(w, Generator.of(0))
                    .toNoise()),
            Map.entry("LU", w -> LinearFlows.lu(w, FEATURES)),
            Map.entry("QR", w -> LinearFlows.qr(w, FEATURES, 3)),
            Map.entry("SVD", w -> LinearFlows.svd(w, FEATURES, 4)),
            Map.entry("PLU", w -> new Mixing(new SquareMatrix.Plu(w, FEATURES), null)),
            Map.entry("logit", w -> Composite.of(new Sigmoid(1), Sigmoid.logit(0.05))),
            Map.entry("leaky ReLU", w -> new LeakyRelu(0.3)),
            Map.entry("reverse", w -> Permutation.reversing(FEATURES)),
            Map.entry("batch norm", w -> new BatchNormalization(w, FEATURES)),
            Map.entry(
                    "rational-quadratic spline",
                    w -> spline(w, new RationalQuadraticSpline(5, 2, RationalQuadraticSpline.Form.FLOORED, 1))),
            Map.entry("quadratic spline", w -> spline(w, new QuadraticSpline(5, 2, 1))),
            Map.entry(
                    "autoregressive",
                    w -> new Autoregressive(
                            new Made(w, FEATURES, 12, 2, 2, true), new Affine(ScaleMap.SOFTPLUS, true))),
            Map.entry(
                    "autoregressive spline",
                    w -> new Autoregressive(
                            new MaskedMlp(w, new int[] {3, 2, 1, 0}, 0, new int[] {12}, 11),
                            new RationalQuadraticSpline(4, 3, RationalQuadraticSpline.Form.SOFT_CLIPPED, 1))));

    private final Scope scope = Scope.open();

    static List<String> maps() {
        return MAPS.keySet().stream().sorted().toList();
    }

    private static Bijector spline(Weights weights, Elementwise function) {
        var network = new Mlp(weights, Activation.TANH, false, 2, 16, 2 * function.parameters());
        return new Coupling(Split.Chosen.alternating(FEATURES, false), network, function, ParameterLayout.BY_ELEMENT);
    }

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    @AfterEach
    void close() {
        scope.close();
    }

    @ParameterizedTest
    @MethodSource("maps")
    void inverseUndoesForward(String name) {
        var map = moved(name);
        var x = Generator.of(5).normal(64, FEATURES);
        var there = map.forward(x);
        var back = map.inverse(there.value());
        assertThat(largest(back.value().sub(x))).isLessThan(2e-4);
        assertThat(largest(back.logDet().add(there.logDet()))).isLessThan(1e-3);
        var turned = map.inverted().forward(there.value());
        assertThat(turned.value().toFloats()).containsExactly(back.value().toFloats());
    }

    @ParameterizedTest
    @MethodSource("maps")
    void logDeterminantIsThatOfTheJacobian(String name) {
        var map = moved(name);
        var points = Generator.of(6).normal(8, FEATURES);
        var claimed = map.forward(points).logDet().toDoubles();
        for (int i = 0; i < claimed.length; i++) {
            var rows = new double[FEATURES * FEATURES];
            for (int output = 0; output < FEATURES; output++) {
                var x = points.narrow(0, i, 1).copy().requiresGrad(true);
                map.forward(x).value().select(1, output).sum().backward();
                var gradient = x.grad();
                System.arraycopy(
                        gradient == null ? new double[FEATURES] : gradient.toDoubles(),
                        0,
                        rows,
                        output * FEATURES,
                        FEATURES);
            }
            double wanted = Tensor.of(rows, FEATURES, FEATURES).logAbsDet().item();
            assertThat(claimed[i]).isCloseTo(wanted, within(2e-4));
        }
    }

    /** A wrong log-determinant, or a map that is not one to one, would lose or make up probability. */
    @Test
    void densityIntegratesToOne() {
        for (FlowConfig config :
                List.of(new RealNvpConfig(2, 4, 16, 2), new NiceConfig(2, 4, 16, 2, true), new PlanarConfig(2, 4))) {
            var weights = Weights.random(3);
            var flow = config.build(weights, Generator.of(0));
            move(weights, 0.15);
            double reach = 14;
            int steps = 500;
            double step = 2 * reach / steps;
            var points = new float[2 * steps * steps];
            for (int i = 0; i < steps * steps; i++) {
                points[2 * i] = (float) (-reach + (i / steps + 0.5) * step);
                points[2 * i + 1] = (float) (-reach + (i % steps + 0.5) * step);
            }
            double total;
            try (var off = NoGrad.open()) {
                total = flow.logDensity(Tensor.of(points, steps * steps, 2))
                                .exp()
                                .sum()
                                .item()
                        * step
                        * step;
            }
            assertThat(total).as(config.toString()).isCloseTo(1, within(1e-2));
        }
    }

    @Test
    void actNormStartsWithMeanZeroAndDeviationOne() {
        var batch = Generator.of(1).normal(32, 3, 4, 4).mul(5).add(7);
        for (boolean forward : new boolean[] {true, false}) {
            var plain = ActNorm.of(Weights.random(0), 3, 4);
            var layer = forward ? plain : plain.inverted();
            Tensor out;
            try (var off = NoGrad.open()) {
                out = layer.initialize(batch, null).transpose(0, 1).reshape(3, -1);
            }
            assertThat(largest(out.mean(1, false))).isLessThan(1e-5);
            assertThat(largest(out.mul(out).mean(1, false).sub(1))).isLessThan(1e-2);
        }
    }

    @Test
    void multiScaleKeepsWhatItSplitsOff() {
        for (FlowConfig config : List.of(new GlowConfig(3, 8, 2, 2, 8), new RealNvpImageConfig(3, 8, 2, 8))) {
            var weights = Weights.random(4);
            var flow = config.build(weights, Generator.of(9));
            move(weights, 0.05);
            var bytes = bytes(6);
            try (var off = NoGrad.open()) {
                flow.initialize(bytes);
                var latent = flow.toNoise().forward(bytes);
                assertThat(latent.value().shape()).containsExactly(6, 3 * 8 * 8);
                // A byte whose noise was within rounding of the next one may come back as that.
                var returned = flow.toNoise().inverse(latent.value()).value();
                assertThat(largest(returned.sub(bytes))).isLessThanOrEqualTo(1);
                var continuous = Generator.of(2).uniform(6, 3, 8, 8);
                var smooth = flow.continuous();
                var there = smooth.forward(continuous);
                var back = smooth.inverse(there.value());
                assertThat(largest(back.value().sub(continuous))).isLessThan(1e-4);
                assertThat(largest(back.logDet().add(there.logDet()))).isLessThan(0.05);
            }
        }
    }

    /** Noise, not the picture, is what the samples are made of: drawn with the same seed they are the same. */
    @Test
    void samplesDependOnTheSeedOnly() {
        var flow = new GlowConfig(3, 8, 2, 2, 8).build(Weights.random(4), Generator.of(9));
        try (var off = NoGrad.open()) {
            var once = flow.sample(Generator.of(3), 4, 0.7);
            var again = flow.sample(Generator.of(3), 4, 0.7);
            assertThat(once.toFloats()).containsExactly(again.toFloats());
            assertThat(once.shape()).containsExactly(4, 3, 8, 8);
            assertThat(flow.sample(Generator.of(4), 4, 0.7).toFloats()).isNotEqualTo(once.toFloats());
        }
    }

    @Test
    void dequantisedBytesComeBackExactlyAndCostEightBits() {
        var bytes = bytes(6);
        var map = new Dequantize(256, Generator.of(7));
        var there = map.forward(bytes);
        assertThat(there.value().toDoubles())
                .satisfies(values -> assertThat(java.util.Arrays.stream(values)).allMatch(v -> v >= 0 && v < 1));
        assertThat(map.inverse(there.value()).value().toFloats()).containsExactly(bytes.toFloats());
        double bits = -there.logDet().select(0, 0).item() / (Math.log(2) * 3 * 8 * 8);
        assertThat(bits).isCloseTo(8, within(1e-5));
    }

    @Test
    void basesAreNormalised() {
        var line = Tensor.arange(40_001).to(DType.FLOAT64).mul(0.001).sub(20).reshape(-1, 1);
        var fixed = new Base.FixedNormal(Tensor.of(new double[] {1}, 1), Tensor.of(new double[] {0.5}, 1));
        for (Base base : List.of(new Base.StandardNormal(1), new Base.StandardLogistic(1), fixed)) {
            assertThat(base.logDensity(line).exp().sum().item() * 0.001).isCloseTo(1, within(1e-4));
        }
    }

    @Test
    void refusesWhatCannotWork() {
        assertThatThrownBy(() -> new GlowConfig(3, 20, 3, 4, 16))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("divisible");
        assertThatThrownBy(() -> new RealNvpConfig(1, 4, 16, 2)).isInstanceOf(MedleyException.class);
        assertThatThrownBy(() -> new PlanarConfig(2, 0)).isInstanceOf(MedleyException.class);
        assertThatThrownBy(() -> new Permutation(0, 0)).isInstanceOf(MedleyException.class);
        assertThatThrownBy(() -> new LeakyRelu(0)).isInstanceOf(MedleyException.class);
        assertThatThrownBy(() -> new PointwiseAffine(0, 1)).isInstanceOf(MedleyException.class);
        assertThatThrownBy(() -> new Squeeze(2).forward(Tensor.zeros(1, 3, 5, 4)))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("divisible by 2");
    }

    private static Bijector moved(String name) {
        var weights = Weights.random(1);
        var map = java.util.Objects.requireNonNull(MAPS.get(name)).apply(weights);
        move(weights, 0.3);
        return map;
    }

    private static void move(Weights weights, double by) {
        var generator = Generator.of(2);
        try (var off = NoGrad.open()) {
            weights.parameters().values().forEach(p -> p.add_(generator.normal(p.shape()), by));
        }
    }

    private static Tensor bytes(int count) {
        return Generator.of(8).uniform(count, 3, 8, 8).mul(256).floor();
    }

    private static double largest(Tensor values) {
        return values.abs().reshape(-1).amax(0, false).item();
    }
}
