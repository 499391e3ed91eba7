package io.medley.diffusion;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.data.Offset.offset;

import io.medley.tensor.Engine;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Every sampler with the exact denoiser of eight Gaussians: no training, closed forms on both sides. */
class SamplerTest {
    private static final ProbabilityPath EDM = Paths.edm(80);
    private static final TimeGrid KARRAS = TimeGrid.karras(0.002, 80, 7);
    private static final ProbabilityPath DDPM =
            Paths.discrete(BetaSchedule.alphasCumprod(BetaSchedule.linear(1e-4, 0.02, 1000)));
    private Scope scope;

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    @BeforeEach
    void open() {
        scope = Scope.open();
    }

    @AfterEach
    void close() {
        scope.close();
    }

    /** specs C3: distance to the exact end of the ODE halves for Euler and quarters for Heun and 2M when the steps double. */
    @Test
    void ordersOfConvergence() {
        var model = eight(EDM);
        int n = 100;
        var truth = new Sampler(OdeStepper.of(RungeKutta.RK4), KARRAS, 400).sample(model, noise(), n, 2);
        Map<String, Stepper> steppers = new LinkedHashMap<>();
        steppers.put("1 euler", OdeStepper.of(RungeKutta.EULER));
        steppers.put("1 ddim", Ddim.eta(0));
        steppers.put("2 heun", OdeStepper.of(RungeKutta.HEUN));
        steppers.put("2 midpoint", OdeStepper.of(RungeKutta.MIDPOINT));
        steppers.put("2 dpm++", DpmSolver.plusPlus2M());
        steppers.forEach((name, stepper) -> {
            double coarse = rms(new Sampler(stepper, KARRAS, 40).sample(model, noise(), n, 2), truth);
            double fine = rms(new Sampler(stepper, KARRAS, 160).sample(model, noise(), n, 2), truth);
            double order = Math.log(coarse / fine) / Math.log(4);
            assertThat(order).as(name).isBetween(name.charAt(0) - '0' - 0.35, name.charAt(0) - '0' + 0.35);
        });
    }

    /** The figures of the specification: 20 steps, 8 Gaussians of radius 1 and deviation 0.1. */
    @Test
    void distancesAtTwentySteps() {
        var model = eight(EDM);
        var truth = new Sampler(OdeStepper.of(RungeKutta.RK4), KARRAS, 400).sample(model, noise(), 1000, 2);
        assertThat(rms(new Sampler(OdeStepper.of(RungeKutta.EULER), KARRAS, 20).sample(model, noise(), 1000, 2), truth))
                .isCloseTo(0.054, offset(0.008));
        assertThat(rms(new Sampler(OdeStepper.of(RungeKutta.HEUN), KARRAS, 20).sample(model, noise(), 1000, 2), truth))
                .isCloseTo(0.0175, offset(0.004));
        assertThat(rms(new Sampler(DpmSolver.plusPlus2M(), KARRAS, 20).sample(model, noise(), 1000, 2), truth))
                .isCloseTo(0.0291, offset(0.006));
    }

    /** Every stepper on a path it is for: the samples have the mixture's moments and all its modes. */
    @Test
    void samplesHaveTheMixturesMoments() {
        var vp = Paths.variancePreserving(0.1, 20);
        var uniform = TimeGrid.uniformThenData(1e-3);
        check("ddim on ddpm", eight(DDPM), new Sampler(Ddim.eta(0), TimeGrid.trailing(), 100));
        check("ddpm", eight(DDPM), new Sampler(Ddim.ancestral(false), TimeGrid.linspace(), 100));
        check("ddpm, large variance", eight(DDPM), new Sampler(Ddim.ancestral(true), TimeGrid.leading(0), 200));
        check("eta 0.5, ddim's quadratic grid", eight(DDPM), new Sampler(Ddim.eta(0.5), TimeGrid.ddimQuadratic(), 50));
        check(
                "heun with churn",
                eight(EDM),
                new Sampler(new OdeStepper(RungeKutta.HEUN, new Churn(20, 0.05, 50, 1)), KARRAS, 40));
        check("ancestral on edm", eight(EDM), new Sampler(Ddim.eta(1), KARRAS, 80));
        check("dpm++ 2m on vp", eight(vp), new Sampler(DpmSolver.plusPlus2M(), TimeGrid.logSnr(0.02, 150), 30));
        check(
                "sde-dpm++ on vp",
                eight(vp),
                new Sampler(
                        new DpmSolver(DpmSolver.Algorithm.SDE, 2, DpmSolver.Correction.MIDPOINT, true),
                        TimeGrid.logSnr(0.02, 150),
                        60));
        check("euler-maruyama on vp", eight(vp), new Sampler(new EulerMaruyama(), uniform, 250));
        check(
                "euler-maruyama on sub-vp",
                eight(Paths.subVariancePreserving(0.1, 20)),
                new Sampler(new EulerMaruyama(), uniform, 250));
        check(
                "predictor-corrector on ve",
                eight(Paths.varianceExploding(0.01, 20)),
                new Sampler(new PredictorCorrector(new EulerMaruyama(), 0.16, 1), TimeGrid.uniform(), 300));
        check(
                "rk45 on straight lines",
                eight(Paths.linear()),
                new Sampler(new AdaptiveRk45(1e-4, 1e-4), TimeGrid.uniformThenData(1e-3), 2));
        check(
                "midpoint on straight lines",
                eight(Paths.linear()),
                new Sampler(OdeStepper.of(RungeKutta.MIDPOINT), TimeGrid.uniform(), 40));
        check(
                "euler, data at t = 1, shifted",
                eight(Paths.reversed(Paths.linear())),
                new Sampler(OdeStepper.of(RungeKutta.EULER), TimeGrid.uniform().shifted(0.5), 100));
        check(
                "heun on the cosine path",
                eight(Paths.cosine()),
                new Sampler(OdeStepper.of(RungeKutta.HEUN), TimeGrid.quadratic(), 40));
        check("ddim on polynomials", eight(Paths.polynomial(2)), new Sampler(Ddim.eta(0), TimeGrid.uniform(), 100));
    }

    private static void check(String name, ExactGaussianMixtureDenoiser model, Sampler sampler) {
        int n = 1000;
        double[] x = sampler.sample(model, noise(), n, 2).toDoubles();
        var counts = new int[8];
        double squares = 0;
        double spread = 0;
        for (int i = 0; i < n; i++) {
            double angle = Math.atan2(x[2 * i + 1], x[2 * i]) / (Math.PI / 4);
            int mode = Math.floorMod((int) Math.rint(angle), 8);
            counts[mode]++;
            squares += x[2 * i] * x[2 * i] + x[2 * i + 1] * x[2 * i + 1];
            double dx = x[2 * i] - Math.cos(mode * Math.PI / 4);
            double dy = x[2 * i + 1] - Math.sin(mode * Math.PI / 4);
            spread += dx * dx + dy * dy;
        }
        assertThat(squares / n).as(name + ": E‖x‖² = 1 + 2·0.01").isCloseTo(1.02, offset(0.03));
        assertThat(spread / n).as(name + ": variance within modes").isCloseTo(0.02, offset(0.006));
        for (int count : counts) {
            assertThat((double) count / n).as(name + ": share of a mode").isCloseTo(0.125, offset(0.045));
        }
    }

    /** One step rule, many names (specs B1): DDIM on VP, Euler on VE after rescaling, Euler on straight lines. */
    @Test
    void firstOrderStepsAreOneStep() {
        var vp = Paths.variancePreservingByLevel(80);
        var x = Noise.seeded(3, 0).normal(50, 2);
        var ve = new Sampler(OdeStepper.of(RungeKutta.EULER), KARRAS, 12)
                .from(eight(EDM), x.mul(80), noise(), Sampler.Listener.NONE);
        var byDdim = new Sampler(Ddim.eta(0), KARRAS, 12)
                .from(eight(vp), x.mul(80 * vp.alpha(80)), noise(), Sampler.Listener.NONE);
        assertThat(largest(ve, byDdim)).isLessThan(1e-9);
        var linear = eight(Paths.linear());
        var euler = new Sampler(OdeStepper.of(RungeKutta.EULER), TimeGrid.uniform(), 12)
                .from(linear, x, noise(), Sampler.Listener.NONE);
        var ddim = new Sampler(Ddim.eta(0), TimeGrid.uniform(), 12).from(linear, x, noise(), Sampler.Listener.NONE);
        assertThat(largest(euler, ddim)).isLessThan(1e-9);
    }

    @Test
    void samplesDoNotDependOnTheBatch() {
        Map<String, Stepper> steppers = new LinkedHashMap<>();
        steppers.put("ddpm", Ddim.eta(1));
        steppers.put("heun with churn", new OdeStepper(RungeKutta.HEUN, new Churn(8, 0, 80, 1)));
        steppers.put("dpm++", DpmSolver.plusPlus2M());
        steppers.put("euler-maruyama", new EulerMaruyama());
        steppers.put("predictor-corrector", new PredictorCorrector(new EulerMaruyama(), 0.16, 1));
        steppers.put("rk45", new AdaptiveRk45(1e-4, 1e-4));
        var model = eight(EDM);
        steppers.forEach((name, stepper) -> {
            var sampler = new Sampler(stepper, KARRAS, 12);
            var all = sampler.sample(model, Noise.seeded(9, 0), 7, 2);
            var some = sampler.sample(model, Noise.seeded(9, 4), 2, 2);
            assertThat(some.toDoubles())
                    .as(name)
                    .containsExactly(all.narrow(0, 4, 2).toDoubles());
        });
    }

    @Test
    void encodingAndDecodingReturnsTheDataAsStepsGrow() {
        var model = eight(DDPM);
        var data = model.data(Generator.of(4), 300);
        double before = Double.POSITIVE_INFINITY;
        for (int steps : new int[] {25, 100, 400}) {
            var sampler = new Sampler(Ddim.eta(0), TimeGrid.linspace(), steps);
            var back = sampler.from(model, sampler.encode(model, data), Noise.none(), Sampler.Listener.NONE);
            double error = rms(back, data);
            assertThat(error).isLessThan(before * 0.5);
            before = error;
        }
        assertThat(before).isLessThan(0.02);
    }

    @Test
    void editingKeepsMoreWithLessStrength() {
        var model = eight(EDM);
        var data = model.data(Generator.of(4), 300);
        var sampler = new Sampler(OdeStepper.of(RungeKutta.HEUN), KARRAS, 20);
        double slight = rms(sampler.edit(model, data, 0.3, noise()), data);
        double strong = rms(sampler.edit(model, data, 1, noise()), data);
        assertThat(slight).isLessThan(0.25);
        assertThat(strong).isGreaterThan(1);
    }

    @Test
    void inpaintingKeepsWhatIsKnownAndFitsTheRest() {
        var pair = new ExactGaussianMixtureDenoiser(
                EDM, new double[] {1, 1}, new double[][] {{-1, -1}, {1, 1}}, new double[] {0.1, 0.1});
        var known = Tensor.of(new double[] {1, 0}, 1, 2);
        var mask = Tensor.of(new double[] {1, 0}, 1, 2);
        var sampler = new Sampler(Ddim.eta(1), KARRAS, 60);
        double[] x = sampler.sample(pair.with(SampleHook.inpaint(known, mask)), noise(), 200, 2)
                .toDoubles();
        int fitting = 0;
        for (int i = 0; i < 200; i++) {
            assertThat(x[2 * i]).isCloseTo(1, offset(1e-9));
            fitting += Math.abs(x[2 * i + 1] - 1) < 0.5 ? 1 : 0;
        }
        // Half of them would be at 1 without knowing the first coordinate.
        assertThat(fitting).isGreaterThan(140);
    }

    @Test
    void clippingThresholdingAndGuidance() {
        var estimate = Tensor.of(new double[] {-3, 0.5, 2, 0.1, -0.2, 0.3}, 2, 3);
        double[] none = {};
        assertThat(SampleHook.clip(1).apply(estimate, estimate, none).toDoubles())
                .containsExactly(-1, 0.5, 1, 0.1, -0.2, 0.3);
        double[] thresholded = SampleHook.dynamicThreshold(0.5, 10)
                .apply(estimate, estimate, none)
                .toDoubles();
        assertThat(thresholded).containsExactly(-1, 0.25, 1, 0.1, -0.2, 0.3);
        var left = new ExactGaussianMixtureDenoiser(EDM, new double[] {1}, new double[][] {{-1}}, new double[] {1});
        var both = new ExactGaussianMixtureDenoiser(
                EDM, new double[] {1, 1}, new double[][] {{-1}, {1}}, new double[] {1, 1});
        var x = Tensor.of(new double[] {0.3}, 1, 1);
        double conditional = left.denoise(x, 1).item();
        double unconditional = both.denoise(x, 1).item();
        assertThat(new Guidance(left, both, 3).denoise(x, 1).item())
                .isCloseTo(unconditional + 3 * (conditional - unconditional), offset(1e-12));
    }

    @Test
    void slerpKeepsTheNorm() {
        var a = Tensor.of(new double[] {2, 0}, 1, 2);
        var b = Tensor.of(new double[] {0, 2}, 1, 2);
        assertThat(Sampler.slerp(a, b, 1 / 3.0).toDoubles())
                .containsExactly(new double[] {Math.sqrt(3), 1}, offset(1e-12));
    }

    @Test
    void gridsAreWrittenOutWithTheirEnd() {
        assertThat(TimeGrid.leading(1).times(DDPM, 4)).containsExactly(751, 501, 251, 1, -1);
        assertThat(TimeGrid.trailing().times(DDPM, 4)).containsExactly(999, 749, 499, 249, -1);
        assertThat(TimeGrid.linspace().times(DDPM, 4)).containsExactly(999, 666, 333, 0, -1);
        assertThat(TimeGrid.uniform().times(Paths.reversed(Paths.linear()), 4)).containsExactly(0, 0.25, 0.5, 0.75, 1);
        double[] karras = TimeGrid.karras(0.002, 80, 7).times(EDM, 18);
        assertThat(karras[0]).isCloseTo(80, offset(1e-9));
        assertThat(karras[1]).isCloseTo(57.6, offset(0.05));
        assertThat(karras[17]).isCloseTo(0.002, offset(1e-12));
        assertThat(karras[18]).isZero();
        assertThat(TimeGrid.uniform().shifted(3).times(Paths.linear(), 2)).containsExactly(1, 0.75, 0);
    }

    @Test
    void badValuesAreRefused() {
        var model = eight(EDM);
        assertThatThrownBy(() -> new Sampler(Ddim.eta(0), KARRAS, 0).sample(model, noise(), 1, 2))
                .isInstanceOf(MedleyException.class)
                .hasMessageContaining("steps: 0");
        assertThatThrownBy(() -> Ddim.eta(2)).hasMessageContaining("[0, 1]");
        assertThatThrownBy(() -> TimeGrid.karras(80, 0.002, 7)).hasMessageContaining("least < most");
        assertThatThrownBy(() -> TimeGrid.leading(0).times(EDM, 5)).hasMessageContaining("discrete path");
        assertThatThrownBy(() -> new Sampler(Ddim.eta(0), KARRAS, 5).sample(model, noise(), 2, 3))
                .hasMessageContaining("2 dimensions");
        assertThatThrownBy(() -> Paths.discrete(new double[] {0.5, 0.7})).hasMessageContaining("fall");
        assertThatThrownBy(() -> new Sampler(Ddim.eta(0), KARRAS, 5)
                        .from(model, Tensor.of(new double[] {Double.NaN, 0}, 1, 2), noise(), Sampler.Listener.NONE))
                .hasMessageContaining("not numbers");
    }

    /** The likelihood of the ODE against the mixture's own density. */
    @Test
    void likelihoodIsExact() {
        var model = ExactGaussianMixtureDenoiser.circle(Paths.variancePreserving(0.1, 20), 4, 1, 0.3);
        var x = model.data(Generator.of(8), 40);
        double[] wanted = model.logDensity(x, Batch.times(0, x)).toDoubles();
        double[] actual = OdeLikelihood.exact(model, 0).logDensity(x).toDoubles();
        assertThat(actual).containsExactly(wanted, offset(8e-3));
        double[] estimated = OdeLikelihood.hutchinson(model, 0, Noise.seeded(1, 0))
                .logDensity(x)
                .toDoubles();
        assertThat(mean(estimated)).isCloseTo(mean(wanted), offset(0.25));
        double[] again = OdeLikelihood.hutchinson(model, 0, Noise.seeded(1, 7))
                .logDensity(x.narrow(0, 7, 1))
                .toDoubles();
        assertThat(again[0]).isCloseTo(estimated[7], offset(1e-9));
    }

    private static ExactGaussianMixtureDenoiser eight(ProbabilityPath path) {
        return ExactGaussianMixtureDenoiser.circle(path, 8, 1, 0.1);
    }

    private static Noise noise() {
        return Noise.seeded(11, 0);
    }

    private static double mean(double[] values) {
        double sum = 0;
        for (double v : values) {
            sum += v;
        }
        return sum / values.length;
    }

    /** Root mean square distance of the rows. */
    private static double rms(Tensor a, Tensor b) {
        var d = a.sub(b);
        return Math.sqrt(d.mul(d).sum().item() / a.size(0));
    }

    private static double largest(Tensor a, Tensor b) {
        double most = 0;
        double[] x = a.toDoubles();
        double[] y = b.toDoubles();
        for (int i = 0; i < x.length; i++) {
            most = Math.max(most, Math.abs(x[i] - y[i]));
        }
        return most;
    }
}
