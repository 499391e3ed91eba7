package io.medley.cli;

import io.medley.diffusion.Churn;
import io.medley.diffusion.Denoiser;
import io.medley.diffusion.DiffusionSystem;
import io.medley.diffusion.ExactGaussianMixtureDenoiser;
import io.medley.diffusion.Samplers;
import io.medley.diffusion.Stepper;
import io.medley.recipe.density.PointDiffusion;
import io.medley.recipe.density.PointModel;
import io.medley.recipe.density.SamplerComparison;
import io.medley.recipe.density.ToyData;
import io.medley.tensor.Generator;
import io.medley.tensor.MedleyException;
import io.medley.tensor.Scope;
import io.medley.tensor.Tensor;
import java.io.IOException;
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

/** {@code medley compare-samplers}. */
@Command(
        name = "compare-samplers",
        description = {
            "Print steps against distance for samplers of one model.",
            "",
            "Without RUN the model is exact: the closed form of eight Gaussians on a circle, which needs no training. The",
            "distance is the energy distance to fresh data; calls are calls of the model."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley compare-samplers",
            "  medley compare-samplers --system ddpm --samplers ddim,ancestral --steps 5,10,20,50",
            "  medley compare-samplers runs/moons --samplers euler,heun"
        })
final class CompareSamplersCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "RUN", arity = "0..1", description = "A model of 'medley density train'.")
    private @Nullable Path run;

    @Option(
            names = "--system",
            paramLabel = "NAME",
            description = "Path of the exact model: ddpm, score-vp, edm, flow-matching … Default: edm.")
    private @Nullable String system;

    @Option(
            names = "--samplers",
            paramLabel = "NAMES",
            split = ",",
            description = "Default: euler, heun, dpm++2m, ancestral.")
    private List<String> samplers = List.of("euler", "heun", "dpm++2m", "ancestral");

    @Option(names = "--steps", paramLabel = "LIST", split = ",", description = "Default: 5,10,20,40.")
    private int[] steps = {5, 10, 20, 40};

    @Mixin
    private GridOptions grid = new GridOptions();

    @Mixin
    private PointOptions points = new PointOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Mixin
    private HelpOption help = new HelpOption();

    CompareSamplersCommand(Session session) {
        this.session = session;
    }

    /** A model and data in its units. */
    private record Subject(Denoiser model, Tensor data) {}

    @Override
    public Integer call() throws IOException {
        int count = points.count();
        Map<String, Stepper> steppers = new LinkedHashMap<>();
        for (String name : samplers) {
            steppers.put(name, Samplers.stepper(name, 0, Churn.NONE));
        }
        try (var scope = Scope.open()) {
            Subject subject = subject(count);
            var times = grid.grid().on(subject.model().path());
            var rows = SamplerComparison.run(subject.model(), steppers, times, steps, subject.data(), points.seed());
            if (!json.json) {
                session.console().print("sampler              steps  calls  energy distance");
            }
            for (var row : rows) {
                print(row);
            }
        }
        return Status.OK;
    }

    private Subject subject(int count) throws IOException {
        if (run == null) {
            var path = DiffusionSystem.named(system == null ? "edm" : system).path();
            var exact = ExactGaussianMixtureDenoiser.circle(path, 8, 1, 0.1);
            return new Subject(exact, exact.data(Generator.of(points.seed() + 1), count));
        }
        if (system != null) {
            throw new MedleyException("--system: " + run + " has a system of its own; leave one of the two out");
        }
        if (!(PointModel.load(run) instanceof PointDiffusion model)) {
            throw new MedleyException(run + ": is a normalizing flow, which is sampled in one pass; give a model of"
                    + " diffusion or flow matching");
        }
        var data = ToyData.named(model.options().data()).sample(Generator.of(points.seed() + 1), count);
        return new Subject(model.denoiser(), data.mul(model.scale()));
    }

    private void print(SamplerComparison.Row row) {
        if (json.json) {
            session.console()
                    .print(Json.object()
                            .put("sampler", row.sampler())
                            .put("steps", row.steps())
                            .put("calls", row.calls())
                            .put("energy_distance", row.distance()));
            return;
        }
        session.console()
                .print(String.format(
                        Locale.ROOT, "%-20s %5d  %5d  %.5f", row.sampler(), row.steps(), row.calls(), row.distance()));
    }
}
