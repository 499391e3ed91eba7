package io.medley.cli;

import io.medley.diffusion.Churn;
import io.medley.diffusion.Denoiser;
import io.medley.diffusion.Noise;
import io.medley.diffusion.Prediction;
import io.medley.diffusion.Sampler;
import io.medley.diffusion.Samplers;
import io.medley.recipe.density.DiffusionOptions;
import io.medley.recipe.density.DiffusionTraining;
import io.medley.recipe.density.Measures;
import io.medley.recipe.density.PointDiffusion;
import io.medley.recipe.density.PointPlots;
import io.medley.recipe.density.ToyData;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.train.Reporter;
import io.medley.train.RunDirectory;
import io.medley.train.RunOptions;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code medley density}. */
@Command(
        name = "density",
        description = {
            "Learn points of the plane by diffusion, flow matching or rectified flow.",
            "",
            "The data sets have known densities, so what is learnt can be held against the best possible."
        },
        synopsisSubcommandLabel = "(train|sample|nll|reflow|compare)",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley density train --data moons --system flow-matching --out runs/moons",
            "  medley density sample runs/moons --steps 20 --out plots",
            "  medley density nll runs/moons",
            "  medley density reflow runs/moons --out runs/moons2",
            "  medley density compare runs/moons runs/moons2"
        })
final class DensityCommand implements Callable<Integer> {
    private static final int DENSITY_SIDE = 70;

    private final Session session;

    @Mixin
    private HelpOption help = new HelpOption();

    DensityCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        throw new MedleyException("density: say what to do: train, sample, nll, reflow or compare");
    }

    @Command(name = "train", description = "Train a model on a data set.", sortOptions = false)
    int train(
            @Option(
                            names = "--data",
                            paramLabel = "NAME",
                            required = true,
                            description =
                                    "moons, banana, 8gaussians, checkerboard, circles, spirals, swissroll or gaussian.")
                    String data,
            @Option(
                            names = "--system",
                            paramLabel = "NAME",
                            defaultValue = "flow-matching",
                            description = "ddpm, score-vp, score-subvp, score-ve, edm, flow-matching, rectified-flow or"
                                    + " v-cosine. Default: ${DEFAULT-VALUE}.")
                    String system,
            @Option(
                            names = "--coupling",
                            paramLabel = "NAME",
                            defaultValue = "independent",
                            description = "independent or ot (minibatch optimal transport). Default: ${DEFAULT-VALUE}.")
                    String coupling,
            @Option(
                            names = "--steps",
                            paramLabel = "N",
                            defaultValue = "4000",
                            description = "Default: ${DEFAULT-VALUE}.")
                    int steps,
            @Option(names = "--seed", paramLabel = "K", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
                    long seed,
            @Option(
                            names = "--out",
                            paramLabel = "RUN",
                            required = true,
                            description = "A new directory, or one to go on in.")
                    Path out,
            @Mixin HelpOption subHelp)
            throws IOException {
        var options = DiffusionOptions.DEFAULT
                .with(data, system)
                .withCoupling(coupling)
                .withSteps(steps)
                .withSeed(seed);
        var model = PointDiffusion.fresh(options);
        learn(DiffusionTraining.onData(model), model, out);
        return Status.OK;
    }

    private void learn(DiffusionTraining training, PointDiffusion model, Path out) throws IOException {
        try (var directory = RunDirectory.open(out, model.options().toJson(), Reporter.lines(session.console()::say))) {
            directory
                    .run(RunOptions.withSeed(model.options().seed()))
                    .train(training.trainer(), training.objective(), training.batches());
            model.save(out);
        }
        session.console().say(out + ": trained; see it with: medley density sample " + out + " --out plots");
    }

    @Command(
            name = "sample",
            description = "Draw samples, their ways and the learnt density: samples.csv and three PNG files.",
            sortOptions = false)
    int sample(
            @Parameters(paramLabel = "RUN", description = "A trained model.") Path run,
            @Mixin SamplerOptions sampling,
            @Option(
                            names = "--count",
                            paramLabel = "N",
                            defaultValue = "2000",
                            description = "Default: ${DEFAULT-VALUE}.")
                    int count,
            @Option(names = "--seed", paramLabel = "K", defaultValue = "1", description = "Default: ${DEFAULT-VALUE}.")
                    long seed,
            @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where to; made if missing.")
                    Path out,
            @Mixin HelpOption subHelp)
            throws IOException {
        atLeast("--count", count, 2);
        var model = PointDiffusion.load(run);
        Files.createDirectories(out);
        var data = ToyData.named(model.options().data());
        try (var scope = Scope.open()) {
            List<Tensor> states = new ArrayList<>();
            var sampler = sampling.sampler(model.system().path());
            var points =
                    model.sample(sampler, seed, count, (i, t, x) -> states.add(Scope.own(x.mul(1 / model.scale()))));
            var fresh = data.sample(Generator.of(seed + 1), count);
            OutputFile.write(out.resolve("samples.csv"), csv(points));
            Map<String, Tensor> clouds = new LinkedHashMap<>();
            clouds.put("data", fresh);
            clouds.put("samples", points);
            PointPlots.scatter(out.resolve("samples.png"), model.options().system() + " on " + data.name(), clouds);
            PointPlots.trajectories(out.resolve("trajectories.png"), "from noise to data", states);
            PointPlots.density(out.resolve("density.png"), density(model, data), DENSITY_SIDE);
            session.console()
                    .print(String.format(
                            Locale.ROOT,
                            "energy distance to %s: %.5f (%d points)",
                            data.name(),
                            Measures.energyDistance(points, fresh),
                            count));
        }
        return Status.OK;
    }

    private static byte[] csv(Tensor points) {
        double[] xy = points.toDoubles();
        var text = new StringBuilder("x,y\n");
        for (int i = 0; i < xy.length; i += 2) {
            text.append(xy[i]).append(',').append(xy[i + 1]).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    /** p on a grid over the data's box, from the top left. */
    private static double[] density(PointDiffusion model, ToyData data) {
        var box = data.box();
        var grid = new double[2 * DENSITY_SIDE * DENSITY_SIDE];
        for (int row = 0; row < DENSITY_SIDE; row++) {
            for (int column = 0; column < DENSITY_SIDE; column++) {
                int k = 2 * (row * DENSITY_SIDE + column);
                grid[k] = box.minX() + (column + 0.5) * (box.maxX() - box.minX()) / DENSITY_SIDE;
                grid[k + 1] = box.maxY() - (row + 0.5) * (box.maxY() - box.minY()) / DENSITY_SIDE;
            }
        }
        double[] values = model.logDensity(Tensor.of(grid, (long) DENSITY_SIDE * DENSITY_SIDE, 2))
                .toDoubles();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.exp(values[i]);
        }
        return values;
    }

    @Command(
            name = "nll",
            description = "The mean negative log-likelihood of fresh data in nats, beside their entropy.",
            sortOptions = false)
    int nll(
            @Parameters(paramLabel = "RUN", description = "A trained model.") Path run,
            @Option(
                            names = "--count",
                            paramLabel = "N",
                            defaultValue = "1000",
                            description = "Default: ${DEFAULT-VALUE}.")
                    int count,
            @Option(names = "--seed", paramLabel = "K", defaultValue = "2", description = "Default: ${DEFAULT-VALUE}.")
                    long seed,
            @Mixin HelpOption subHelp)
            throws IOException {
        atLeast("--count", count, 1);
        var model = PointDiffusion.load(run);
        var data = ToyData.named(model.options().data());
        try (var scope = Scope.open()) {
            double nll = model.nll(data.sample(Generator.of(seed), count)).item();
            session.console()
                    .print(String.format(
                            Locale.ROOT,
                            "nll %.4f nats, entropy of %s %.4f, %.4f above it",
                            nll,
                            data.name(),
                            data.entropy(),
                            nll - data.entropy()));
        }
        return Status.OK;
    }

    @Command(
            name = "reflow",
            description = "Straighten a flow: train a new model on noise and where the old one carries it.",
            sortOptions = false)
    int reflow(
            @Parameters(paramLabel = "RUN", description = "A model trained as flow-matching or rectified-flow.")
                    Path run,
            @Option(
                            names = "--pairs",
                            paramLabel = "N",
                            defaultValue = "20000",
                            description = "Default: ${DEFAULT-VALUE}.")
                    int pairs,
            @Option(names = "--distill", description = "Learn the first step only: for samples in one step.")
                    boolean distill,
            @Option(names = "--out", paramLabel = "RUN", required = true, description = "A new directory.") Path out,
            @Mixin HelpOption subHelp)
            throws IOException {
        atLeast("--pairs", pairs, 2);
        var teacher = PointDiffusion.load(run);
        if (!teacher.system().prediction().equals(Prediction.VELOCITY)) {
            throw new MedleyException(run + ": is a " + teacher.options().system()
                    + " model; reflow needs flow-matching or rectified-flow");
        }
        var drawn =
                DiffusionTraining.pairs(teacher, pairs, 40, teacher.options().seed() + 1);
        var student = PointDiffusion.load(run);
        var training =
                distill ? DiffusionTraining.intoOneStep(student, drawn) : DiffusionTraining.onPairs(student, drawn);
        learn(training, student, out);
        return Status.OK;
    }

    @Command(
            name = "compare",
            description =
                    "Energy distances in 1, 2, 4, 8 and 40 steps, straightness and transport cost of several models.",
            sortOptions = false)
    int compare(
            @Parameters(paramLabel = "RUN", arity = "1..*", description = "Trained models.") List<Path> runs,
            @Option(
                            names = "--sampler",
                            paramLabel = "NAME",
                            defaultValue = "euler",
                            description = "Default: ${DEFAULT-VALUE}.")
                    String sampler,
            @Option(
                            names = "--count",
                            paramLabel = "N",
                            defaultValue = "2000",
                            description = "Default: ${DEFAULT-VALUE}.")
                    int count,
            @Mixin HelpOption subHelp)
            throws IOException {
        atLeast("--count", count, 2);
        session.console().print("model  ED@1  ED@2  ED@4  ED@8  ED@40  straightness  cost");
        for (var run : runs) {
            var model = PointDiffusion.load(run);
            try (var scope = Scope.open()) {
                var data = ToyData.named(model.options().data()).sample(Generator.of(7), count);
                var line = new StringBuilder(run.toString());
                for (int steps : new int[] {1, 2, 4, 8, 40}) {
                    var path = model.system().path();
                    var points = model.sample(
                            new Sampler(Samplers.stepper(sampler, 0, Churn.NONE), Samplers.grid("auto", path), steps),
                            4,
                            count,
                            Sampler.Listener.NONE);
                    line.append(String.format(Locale.ROOT, "  %.4f", Measures.energyDistance(points, data)));
                }
                line.append(ways(model.denoiser(), model));
                session.console().print(line.toString());
            }
        }
        return Status.OK;
    }

    /** Straightness means something for straight paths only. */
    private static String ways(Denoiser denoiser, PointDiffusion model) {
        if (!model.system().prediction().equals(Prediction.VELOCITY)) {
            return "  -  -";
        }
        var ways = Measures.ways(denoiser, Noise.seeded(5, 0).normal(2000, 2), 50);
        return String.format(Locale.ROOT, "  %.4f  %.4f", ways.straightness(), ways.cost());
    }

    private static void atLeast(String option, int value, int least) {
        if (value < least) {
            throw new MedleyException(option + " " + value + " is too few; give " + least + " or more");
        }
    }
}
