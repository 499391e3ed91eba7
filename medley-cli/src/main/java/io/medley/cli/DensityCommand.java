package io.medley.cli;

import io.medley.diffusion.Noise;
import io.medley.diffusion.Prediction;
import io.medley.recipe.density.DensityRecipes;
import io.medley.recipe.density.DensityRun;
import io.medley.recipe.density.DiffusionTraining;
import io.medley.recipe.density.GlowScenes;
import io.medley.recipe.density.Measures;
import io.medley.recipe.density.ModelComparison;
import io.medley.recipe.density.ModelPlots;
import io.medley.recipe.density.PointDiffusion;
import io.medley.recipe.density.PointModel;
import io.medley.recipe.density.Sampling;
import io.medley.recipe.density.ToyData;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import io.medley.train.RunDirectory;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code medley density}. */
@Command(
        name = "density",
        description = {
            "Learn points of the plane by diffusion, flow matching, rectified flow or a normalizing flow.",
            "",
            "The data sets have known densities, so what is learnt can be held against the best possible."
        },
        synopsisSubcommandLabel = "(train|sample|nll|reflow|compare)",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley density train --data moons --model flow-matching --out runs/moons",
            "  medley density train --data moons --model realnvp --set layers=12 --out runs/nvp",
            "  medley density sample runs/moons --sampler heun --steps 20 --out plots",
            "  medley density nll runs/moons runs/nvp",
            "  medley density reflow runs/moons --out runs/moons2",
            "  medley density compare runs/moons runs/moons2 runs/nvp --out compared"
        })
final class DensityCommand implements Callable<Integer> {
    private static final int MOST_STEPS = 40;
    private static final int[] COMPARED_STEPS = {1, 2, 4, 8, MOST_STEPS};
    private static final int[] ONE_PASS = {1};
    private static final int PAIR_STEPS = 40;
    private static final int WAYS = 2000;
    private static final int WAY_STEPS = 50;

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
                                    "moons, banana, 8gaussians, checkerboard, circles, spirals, swissroll, ring or"
                                            + " gaussian; scenes, which are pictures, for model glow.")
                    String data,
            @Option(
                            names = {"--model", "--system"},
                            paramLabel = "NAME",
                            defaultValue = "flow-matching",
                            description = "ddpm, score-vp, score-subvp, score-ve, edm, flow-matching, rectified-flow or"
                                    + " v-cosine; planar, radial, nice, realnvp, glow or spline. Default:"
                                    + " ${DEFAULT-VALUE}.")
                    String model,
            @Option(
                            names = "--coupling",
                            paramLabel = "NAME",
                            description = "Diffusion and flow matching: independent (the default) or ot (minibatch"
                                    + " optimal transport).")
                    @Nullable
                    String coupling,
            @Option(names = "--steps", paramLabel = "N", description = "Optimizer steps. Default: the model's.")
                    @Nullable
                    String steps,
            @Option(names = "--seed", paramLabel = "K", description = "Of weights and batches. Default: 1.") @Nullable
                    String seed,
            @Option(
                            names = "--set",
                            paramLabel = "NAME=VALUE",
                            description = "Change another setting, such as width=128, layers=12 or learningRate=1e-3;"
                                    + " may be repeated.")
                    @Nullable
                    Map<String, String> settings,
            @Option(
                            names = "--out",
                            paramLabel = "RUN",
                            required = true,
                            description = "A new directory, or one to go on in.")
                    Path out,
            @Mixin HelpOption subHelp)
            throws IOException {
        Map<String, String> changes = new LinkedHashMap<>();
        put(changes, "coupling", coupling);
        put(changes, "steps", steps);
        put(changes, "seed", seed);
        if (settings != null) {
            changes.putAll(settings);
        }
        var recipe = DensityRecipes.of(data, model, changes);
        try (var directory = RunDirectory.open(out, recipe.settings(), new TrainingProgress(session.console()))) {
            recipe.kind().run(recipe, directory);
        }
        return Status.OK;
    }

    private static void put(Map<String, String> changes, String name, @Nullable String value) {
        if (value != null) {
            changes.put(name, value);
        }
    }

    @Command(
            name = "sample",
            description = {
                "Draw samples, their ways and the learnt density: samples.csv, samples.png, trajectories.png and density.png.",
                "Of pictures: samples.png and interpolations.png."
            },
            sortOptions = false)
    int sample(
            @Parameters(paramLabel = "RUN", description = "A trained model.") Path run,
            @Mixin SamplerOptions sampling,
            @Mixin PointOptions points,
            @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where to; made if missing.")
                    Path out,
            @Mixin HelpOption subHelp)
            throws IOException {
        int count = points.count();
        var how = sampling.sampling();
        if (GlowScenes.isIn(run)) {
            draw(GlowScenes.load(run), points.seed(), out);
            return Status.OK;
        }
        var model = PointModel.load(run);
        Files.createDirectories(out);
        try (var scope = Scope.open()) {
            var drawn = ModelPlots.draw(model, ModelPlots.title(model), how, points.seed(), count);
            drawn.write(out);
            OutputFile.write(out.resolve("samples.csv"), csv(drawn.points()));
            session.console()
                    .print(String.format(
                            Locale.ROOT,
                            "energy distance to %s: %.5f (%d points)",
                            model.options().data(),
                            drawn.energyDistance(),
                            count));
        }
        return Status.OK;
    }

    private void draw(GlowScenes glow, long seed, Path out) throws IOException {
        Files.createDirectories(out);
        glow.writeSamples(out.resolve("samples.png"), seed);
        glow.writeInterpolations(out.resolve("interpolations.png"));
        session.console().print(out.toString());
    }

    private static byte[] csv(Tensor points) {
        double[] xy = points.toDoubles();
        var text = new StringBuilder("x,y\n");
        for (int i = 0; i < xy.length; i += 2) {
            text.append(xy[i]).append(',').append(xy[i + 1]).append('\n');
        }
        return text.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Command(
            name = "nll",
            description =
                    "The mean negative log-likelihood of fresh data in nats, beside that under their own density.",
            sortOptions = false)
    int nll(
            @Parameters(paramLabel = "RUN", arity = "1..*", description = "Trained models.") List<Path> runs,
            @Mixin PointOptions points,
            @Mixin HelpOption subHelp)
            throws IOException {
        int count = points.count();
        for (var run : runs) {
            if (GlowScenes.isIn(run)) {
                session.console().print(run + ": " + GlowScenes.load(run).evaluate());
                continue;
            }
            var model = PointModel.load(run);
            var data = ToyData.named(model.options().data());
            try (var scope = Scope.open()) {
                var fresh = data.sample(Generator.of(points.seed()), count);
                double nll = model.nll(fresh).item();
                double floor = -data.meanLogDensity(fresh);
                session.console()
                        .print(String.format(
                                Locale.ROOT,
                                "%s: nll %.4f nats; under the density of %s %.4f, %.4f above it",
                                run,
                                nll,
                                data.name(),
                                floor,
                                nll - floor));
            }
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
        if (pairs < 2) {
            throw new MedleyException("--pairs " + pairs + " is too few; give 2 or more");
        }
        if (!(PointModel.load(run) instanceof PointDiffusion teacher) || !isVelocity(teacher)) {
            throw new MedleyException(run + ": is a "
                    + PointModel.load(run).options().model()
                    + " model; reflow needs flow-matching or rectified-flow");
        }
        var options = teacher.options();
        var recipe = options.toJson()
                .put("reflow", run.toString())
                .put("pairs", pairs)
                .put("distill", distill);
        try (var directory = RunDirectory.open(out, recipe, new TrainingProgress(session.console()))) {
            var drawn = DiffusionTraining.pairs(teacher, pairs, PAIR_STEPS, options.seed() + 1);
            var student = (PointDiffusion) PointModel.load(run);
            DensityRun.trainOnPairs(
                    distill ? DiffusionTraining.intoOneStep(student, drawn) : DiffusionTraining.onPairs(student, drawn),
                    directory);
        }
        return Status.OK;
    }

    private static boolean isVelocity(PointDiffusion model) {
        return model.system().prediction().equals(Prediction.VELOCITY);
    }

    @Command(
            name = "compare",
            description = {
                "Several models side by side: energy distances in 1, 2, 4, 8 and 40 steps, straightness and transport cost.",
                "Normalizing flows of points take one pass, which stands under 1; straightness is known for velocities only.",
                "With --out also as pictures: distances.png over the steps, and models.png with samples, ways and density of each."
            },
            sortOptions = false)
    int compare(
            @Parameters(paramLabel = "RUN", arity = "1..*", description = "Trained models.") List<Path> runs,
            @Option(
                            names = "--sampler",
                            paramLabel = "NAME",
                            defaultValue = "euler",
                            description = "Default: ${DEFAULT-VALUE}.")
                    String sampler,
            @Mixin PointOptions points,
            @Option(names = "--out", paramLabel = "DIR", description = "Where pictures go; made if missing.") @Nullable
                    Path out,
            @Mixin HelpOption subHelp)
            throws IOException {
        points.count(); // refused before anything is loaded
        var pictures = new ModelComparison();
        session.console().print("model  ED@1  ED@2  ED@4  ED@8  ED@40  straightness  cost");
        for (var run : runs) {
            var model = PointModel.load(run);
            try (var scope = Scope.open()) {
                var distances = distances(model, sampler, points);
                session.console().print(line(run, model, distances));
                if (out != null) {
                    var how = model instanceof PointDiffusion ? Sampling.DEFAULT.with(sampler, MOST_STEPS) : null;
                    var drawn = ModelPlots.draw(model, run.toString(), how, points.seed(), points.count());
                    pictures.add(run.toString(), distances, drawn);
                }
            }
        }
        if (out != null) {
            Files.createDirectories(out);
            pictures.write(out);
        }
        return Status.OK;
    }

    /** Energy distances to the data by number of steps; a normalizing flow takes one. */
    private static Map<Integer, Double> distances(PointModel model, String sampler, PointOptions points) {
        var data = ToyData.named(model.options().data()).sample(Generator.of(points.seed()), points.count());
        Map<Integer, Double> distances = new LinkedHashMap<>();
        for (int steps : model instanceof PointDiffusion ? COMPARED_STEPS : ONE_PASS) {
            var how = model instanceof PointDiffusion ? Sampling.DEFAULT.with(sampler, steps) : null;
            // Not the stream of the data, which would make the two dependent.
            var drawn = model.draw(how, points.seed() + 1, points.count(), state -> {});
            distances.put(steps, Measures.energyDistance(drawn, data));
        }
        return distances;
    }

    private static String line(Path run, PointModel model, Map<Integer, Double> distances) {
        var line = new StringBuilder(run.toString());
        for (int steps : COMPARED_STEPS) {
            var distance = distances.get(steps);
            line.append(distance == null ? "  -" : String.format(Locale.ROOT, "  %.4f", distance));
        }
        return line.append(model instanceof PointDiffusion diffusion ? ways(diffusion) : "  -  -")
                .toString();
    }

    /** Straightness means something for straight paths only. */
    private static String ways(PointDiffusion model) {
        if (!isVelocity(model)) {
            return "  -  -";
        }
        var ways = Measures.ways(model.denoiser(), Noise.seeded(5, 0).normal(WAYS, 2), WAY_STEPS);
        return String.format(Locale.ROOT, "  %.4f  %.4f", ways.straightness(), ways.cost());
    }
}
