package io.medley.recipe.density;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import io.medley.diffusion.AnnealedLangevin;
import io.medley.diffusion.Ddim;
import io.medley.diffusion.DiffusionSystem;
import io.medley.diffusion.ExactGaussianMixtureDenoiser;
import io.medley.diffusion.Noise;
import io.medley.diffusion.OdeStepper;
import io.medley.diffusion.Paths;
import io.medley.diffusion.RungeKutta;
import io.medley.diffusion.Sampler;
import io.medley.diffusion.TimeGrid;
import io.medley.nn.Init;
import io.medley.nn.Linear;
import io.medley.nn.Weights;
import io.medley.optim.AdamW;
import io.medley.optim.Schedule;
import io.medley.tensor.Engine;
import io.medley.tensor.Generator;
import io.medley.tensor.NoGrad;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.train.Batches;
import io.medley.train.Learner;
import io.medley.train.Losses;
import io.medley.train.Trainer;
import java.io.IOException;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * Every system reaches the floor of its loss, which closed forms know, and does not fall below it; the figures are in docs/results/generative.md.
 * Gaussian cases are fast, the rest is tagged slow.
 */
class DiffusionLearningTest {
    private static final int EVALUATED = 20_000;

    @BeforeAll
    static void oneThread() {
        Engine.setThreads(1);
    }

    // ------------------------------------------------------------------------------------------------ floors without
    // training

    /** The figures of closed forms and quadrature, from the exact denoiser. */
    @Test
    void exactDenoisersLoseTheKnownFloors() {
        try (var scope = Scope.open()) {
            floor("ddpm on N(0,1)", 0.2755, 0.006, DiffusionSystem.ddpm(), normal(1));
            floor("ddpm on 8 Gaussians", 0.1755, 0.006, DiffusionSystem.ddpm(), eight(1));
            floor("edm on N(0, 0.25)", 1, 0.02, DiffusionSystem.edm(0.5), normal(0.5));
            double halved = 0.5 / Math.sqrt(0.51);
            floor("edm on 8 Gaussians", 0.794, 0.02, DiffusionSystem.edm(0.5), eight(halved));
            floor("flow matching to N(0,1)", Math.PI / 2, 0.03, DiffusionSystem.flowMatching(), normal(1));
            floor("flow matching to 8 Gaussians", 0.962, 0.03, DiffusionSystem.flowMatching(), eight(1));
            floor("rectified flow to 8 Gaussians", 0.962, 0.03, DiffusionSystem.rectifiedFlow(), eight(1));
        }
    }

    private static void floor(
            String name, double wanted, double within, DiffusionSystem system, ExactGaussianMixtureDenoiser data) {
        double found = LossFloor.of(system, data, null).exact();
        report(name + ": loss of the exact denoiser", wanted, found);
        assertThat(found).as(name).isCloseTo(wanted, offset(within));
    }

    // ------------------------------------------------------------------------------------------------ floors after
    // training

    @Test
    void ddpmReachesItsFloorOnAGaussian() throws IOException {
        learns("ddpm", "gaussian", 1, 600, 0.01);
    }

    @Test
    void edmReachesItsFloorOnAGaussian() throws IOException {
        learns("edm", "gaussian", 0.5, 300, 0.01);
    }

    @Tag("slow")
    @Test
    void systemsReachTheirFloorsOnEightGaussians() throws IOException {
        learns("edm", "8gaussians", 0.5 / Math.sqrt(0.51), 4000, 0.02);
        learns("flow-matching", "8gaussians", 1 / Math.sqrt(0.51), 4000, 0.03);
        learns("score-vp", "8gaussians", 1 / Math.sqrt(0.51), 4000, 0.015);
        learns("ddpm", "8gaussians", 1 / Math.sqrt(0.51), 4000, 0.015);
    }

    private static void learns(String system, String data, double scale, int steps, double within) throws IOException {
        long start = System.nanoTime();
        var options = DiffusionOptions.DEFAULT.with(data, system).withSteps(steps);
        var model =
                DiffusionTraining.onData(PointDiffusion.fresh(options, scale)).run();
        double seconds = (System.nanoTime() - start) / 1e9;
        try (var scope = Scope.open()) {
            var exact = data.equals("gaussian") ? normal(scale) : eight(scale);
            var floor = LossFloor.of(model.system(), exact, model.network());
            System.out.printf(
                    Locale.ROOT,
                    "%s on %s: floor %.4f, learnt %.4f, excess %.4f ± %.4f, %d steps, %.0f s%n",
                    system,
                    data,
                    floor.exact(),
                    floor.learnt(),
                    floor.excess(),
                    floor.standardError(),
                    steps,
                    seconds);
            // Below the floor by more than chance would be a leak or a wrong loss.
            assertThat(floor.excess()).as(system).isBetween(-3 * floor.standardError() - 0.002, within);
        }
    }

    // ------------------------------------------------------------------------------------------------ score matching

    /** J = E[tr ∇s + ½‖s‖²] is −½ per dimension for the score of N(0, 1), and nothing is lower. */
    @Test
    void implicitScoreMatchingReachesMinusAHalf() throws IOException {
        var weights = Weights.random(3);
        var first = new Linear(weights.at("first"), 2, 32, true, Init.fanIn());
        var last = new Linear(weights.at("last"), 32, 2, true, Init.fanIn());
        var trainer = new Trainer<Tensor>(
                Learner.of(weights),
                new Trainer.Options(400, Schedule.cosine(1e-2, 1e-4, 20, 400), AdamW.Options.withDecay(0), 10));
        trainer.run(
                (x, step) -> Losses.of("ism", implicit(first, last, x)),
                Batches.computed("normal", 512, n -> Generator.of(1000 + n).normal(512, 2)),
                result -> {});
        try (var scope = Scope.open()) {
            var test = Generator.of(5).normal(EVALUATED, 2);
            double perDimension = implicit(first, last, test).item() / 2;
            report("implicit score matching on N(0,1), per dimension", -0.5, perDimension);
            assertThat(perDimension).isBetween(-0.5 - 0.02, -0.5 + 0.02);
        }
    }

    private static Tensor implicit(Linear first, Linear last, Tensor points) {
        var x = points.detach().copy().requiresGrad(true);
        var score = last.forward(first.forward(x).tanh());
        var trace = Tensor.zeros(points.size(0));
        for (int d = 0; d < 2; d++) {
            var unit = Tensor.of(new float[] {d == 0 ? 1 : 0, d == 1 ? 1 : 0}, 1, 2)
                    .expand(points.shape());
            trace = trace.add(Tensor.gradient(score, x, unit, true).select(1, d));
        }
        return trace.add(score.mul(score).sum(1, false).mul(0.5)).mean();
    }

    /** From a start beside one mode: noise levels that fall find all eight, one level alone stays where it began. */
    @Test
    void annealedLangevinFindsAllModesAndPlainDoesNot() {
        try (var scope = Scope.open()) {
            int n = 1500;
            var model = ExactGaussianMixtureDenoiser.circle(Paths.edm(20), 8, 1, 0.1);
            var start = Noise.seeded(1, 0).normal(n, 2).mul(0.1).add(Tensor.of(new double[] {2, 0}, 1, 2));
            var annealed = new Sampler(new AnnealedLangevin(4e-5, 30), TimeGrid.logSnr(0.01, 10), 20);
            double[] shares = shares(annealed.from(model, start, Noise.seeded(2, 0), Sampler.Listener.NONE));
            for (double share : shares) {
                assertThat(share).isCloseTo(0.125, offset(0.03));
            }
            var level = new double[] {0.05, 0};
            var plain = Sampler.integrate(
                    new AnnealedLangevin(2e-3, 600), model, level, start, Noise.seeded(2, 0), Sampler.Listener.NONE);
            double[] stuck = shares(plain);
            System.out.printf(
                    Locale.ROOT,
                    "share of the mode beside the start: annealed %.3f, plain %.3f (fair 0.125)%n",
                    shares[0],
                    stuck[0]);
            assertThat(stuck[0]).isGreaterThan(0.6);
        }
    }

    private static double[] shares(Tensor points) {
        double[] x = points.toDoubles();
        var shares = new double[8];
        for (int i = 0; i < x.length; i += 2) {
            shares[Math.floorMod((int) Math.rint(Math.atan2(x[i + 1], x[i]) / (Math.PI / 4)), 8)] += 2.0 / x.length;
        }
        return shares;
    }

    // ------------------------------------------------------------------------------------------------ DDIM

    /** With the exact model, whose samples differ from the data only by the sampler. */
    @Test
    void ddimBeatsDdpmInFewStepsOfTheExactModel() {
        try (var scope = Scope.open()) {
            var model = eight(1).on(DiffusionSystem.ddpm().path());
            var fresh = model.data(Generator.of(77), 3000);
            for (int steps : new int[] {5, 10, 20}) {
                double[] distance = new double[2];
                for (int eta = 0; eta < 2; eta++) {
                    var x = new Sampler(Ddim.eta(eta), TimeGrid.leading(0), steps)
                            .sample(model, Noise.seeded(4, 0), 3000, 2);
                    distance[eta] = Measures.energyDistance(x, fresh);
                }
                System.out.printf(
                        Locale.ROOT,
                        "exact model, energy distance in %d steps: eta 0 %.4f, eta 1 %.4f%n",
                        steps,
                        distance[0],
                        distance[1]);
                assertThat(distance[0]).isLessThan(distance[1]);
            }
        }
    }

    @Tag("slow")
    @Test
    void ddimBeatsDdpmInFewSteps() throws IOException {
        var options = DiffusionOptions.DEFAULT.with("8gaussians", "ddpm").withSteps(2500);
        var model = DiffusionTraining.onData(PointDiffusion.fresh(options, 1)).run();
        try (var scope = Scope.open()) {
            var floor = LossFloor.of(model.system(), eight(1), model.network());
            report("ddpm on 8 Gaussians: excess over " + floor.exact(), 0, floor.excess());
            assertThat(floor.excess()).isBetween(-3 * floor.standardError() - 0.002, 0.03);
            var fresh = ToyData.named("8gaussians").sample(Generator.of(77), 3000);
            for (int steps : new int[] {5, 10, 20}) {
                double ddim = Measures.energyDistance(
                        model.sample(
                                new Sampler(Ddim.eta(0), TimeGrid.trailing(), steps), 4, 3000, Sampler.Listener.NONE),
                        fresh);
                double ddpm = Measures.energyDistance(
                        model.sample(
                                new Sampler(Ddim.eta(1), TimeGrid.trailing(), steps), 4, 3000, Sampler.Listener.NONE),
                        fresh);
                System.out.printf(
                        Locale.ROOT, "energy distance in %d steps: eta 0 %.4f, eta 1 %.4f%n", steps, ddim, ddpm);
                if (steps < 20) {
                    // From 20 steps on what the network has not learnt outweighs the sampler.
                    assertThat(ddim).isLessThan(ddpm);
                }
            }
        }
    }

    // ------------------------------------------------------------------------------------------------ straightness

    /** N(0,1) → N(m,1): 2 − π/2 per dimension, closed form; exact velocities. */
    @Test
    void straightnessOfTheExactFlowIsTwoMinusHalfPi() {
        try (var scope = Scope.open()) {
            var flow = new ExactGaussianMixtureDenoiser(
                    Paths.linear(), new double[] {1}, new double[][] {{2, -1}}, new double[] {1});
            var ways = Measures.ways(flow, Noise.seeded(1, 0).normal(4000, 2), 100);
            report("straightness N(0,1) to N(m,1), per dimension", 2 - Math.PI / 2, ways.straightness() / 2);
            assertThat(ways.straightness() / 2).isCloseTo(2 - Math.PI / 2, offset(0.02));
            var eight = Measures.ways(
                    eight(1).on(Paths.linear()), Noise.seeded(1, 0).normal(2000, 2), 100);
            report("straightness N(0,I) to 8 Gaussians, both dimensions", 0.701, eight.straightness());
            assertThat(eight.straightness()).isCloseTo(0.701, offset(0.05));
            assertThat(eight.cost()).isCloseTo(0.388, offset(0.04));
        }
    }

    @Tag("slow")
    @Test
    void optimalTransportMakesFlowsStraighter() throws IOException {
        double[] straightness = new double[2];
        for (int i = 0; i < 2; i++) {
            var coupling = i == 0 ? "independent" : "ot";
            var options = new DiffusionOptions("8gaussians", "flow-matching", coupling, 1200, 128, 2e-3, 64, 3, 1);
            var model =
                    DiffusionTraining.onData(PointDiffusion.fresh(options, 1)).run();
            try (var scope = Scope.open()) {
                straightness[i] = Measures.ways(
                                model.denoiser(), Noise.seeded(6, 0).normal(2000, 2), 50)
                        .straightness();
            }
        }
        System.out.printf(
                Locale.ROOT,
                "straightness of flow matching: independent %.3f, optimal transport %.3f%n",
                straightness[0],
                straightness[1]);
        assertThat(straightness[1]).isLessThan(straightness[0] / 3);
    }

    /** Rectified flow, reflow, distillation on eight Gaussians. */
    @Tag("slow")
    @Test
    void reflowStraightensAndOneStepSuffices() throws IOException {
        var options =
                DiffusionOptions.DEFAULT.with("8gaussians", "flow-matching").withSteps(2000);
        var model = PointDiffusion.fresh(options, 1);
        DiffusionTraining.onData(model).run();
        var fresh = ToyData.named("8gaussians").sample(Generator.of(77), 3000);
        double before = straightness(model);
        double oneStepBefore = oneStep(model, 1, fresh);
        assertThat(before / 2).isCloseTo(0.35, offset(0.1));
        assertThat(oneStepBefore).isGreaterThan(0.3);
        var pairs = DiffusionTraining.pairs(model, 20_000, 40, 8);
        var second = PointDiffusion.fresh(options.withSeed(2), 1);
        copy(model, second);
        DiffusionTraining.onPairs(second, pairs).run();
        double after = straightness(second);
        double oneStepAfter = oneStep(second, 1, fresh);
        double many = oneStep(second, 40, fresh);
        System.out.printf(
                Locale.ROOT,
                "straightness per dimension %.4f, after reflow %.4f; energy distance in 1 step %.4f, after %.4f, in 40 steps %.4f%n",
                before / 2,
                after / 2,
                oneStepBefore,
                oneStepAfter,
                many);
        assertThat(after / 2).isLessThan(0.05);
        assertThat(oneStepAfter).isLessThan(0.05);
        assertThat(many).isLessThan(0.02);
        var again = DiffusionTraining.pairs(second, 20_000, 20, 9);
        var distilled = PointDiffusion.fresh(options.withSeed(3), 1);
        copy(second, distilled);
        DiffusionTraining.intoOneStep(distilled, again).run();
        double oneStepDistilled = oneStep(distilled, 1, fresh);
        System.out.printf(Locale.ROOT, "energy distance of one step, distilled %.4f%n", oneStepDistilled);
        assertThat(oneStepDistilled).isLessThan(0.02);
    }

    private static double straightness(PointDiffusion model) {
        try (var scope = Scope.open()) {
            return Measures.ways(model.denoiser(), Noise.seeded(6, 0).normal(2000, 2), 50)
                    .straightness();
        }
    }

    private static double oneStep(PointDiffusion model, int steps, Tensor fresh) {
        try (var scope = Scope.open()) {
            var sampler = new Sampler(OdeStepper.of(RungeKutta.EULER), TimeGrid.uniform(), steps);
            return Measures.energyDistance(model.sample(sampler, 4, 3000, Sampler.Listener.NONE), fresh);
        }
    }

    private static void copy(PointDiffusion from, PointDiffusion to) {
        try (var off = NoGrad.open()) {
            to.weights()
                    .parameters()
                    .forEach((name, p) -> p.copy_(from.weights().parameter(name)));
        }
    }

    // ------------------------------------------------------------------------------------------------ likelihood

    @Tag("slow")
    @Test
    void likelihoodsComeNearTheEntropy() throws IOException {
        for (var system : new String[] {"flow-matching", "edm"}) {
            var options = DiffusionOptions.DEFAULT.with("moons", system).withSteps(4000);
            var model = DiffusionTraining.onData(PointDiffusion.fresh(options)).run();
            try (var scope = Scope.open()) {
                var data = ToyData.named("moons");
                var points = data.sample(Generator.of(55), 300);
                double nll = model.nll(points).item();
                // Against the true density on the very same points.
                double best = -data.meanLogDensity(points);
                report("nll of " + system + " on moons against the true density", best, nll);
                assertThat(nll - best).isBetween(-0.05, 0.3);
            }
        }
    }

    @Test
    void modelsOutliveTheirFiles(@org.junit.jupiter.api.io.TempDir java.nio.file.Path folder) throws IOException {
        var model = DiffusionTraining.onData(PointDiffusion.fresh(
                        DiffusionOptions.DEFAULT.with("moons", "rectified-flow").withSteps(3)))
                .run();
        model.save(folder);
        try (var scope = Scope.open()) {
            var sampler = new Sampler(OdeStepper.of(RungeKutta.HEUN), TimeGrid.uniform(), 4);
            var again = PointModel.load(folder);
            assertThat(again.options()).isEqualTo(model.options());
            assertThat(((PointDiffusion) again)
                            .sample(sampler, 1, 5, Sampler.Listener.NONE)
                            .toDoubles())
                    .containsExactly(
                            model.sample(sampler, 1, 5, Sampler.Listener.NONE).toDoubles());
        }
    }

    private static ExactGaussianMixtureDenoiser normal(double deviation) {
        return new ExactGaussianMixtureDenoiser(
                Paths.linear(), new double[] {1}, new double[][] {{0, 0}}, new double[] {deviation});
    }

    private static ExactGaussianMixtureDenoiser eight(double scale) {
        return ExactGaussianMixtureDenoiser.circle(Paths.linear(), 8, scale, 0.1 * scale);
    }

    private static void report(String what, double wanted, double found) {
        System.out.printf(Locale.ROOT, "%s: %.4f wanted, %.4f found%n", what, wanted, found);
    }
}
