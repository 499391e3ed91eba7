package io.medley.cli;

import io.medley.Medley;
import io.medley.model.LoadOptions;
import io.medley.recipe.GenerationRecipeOptions;
import io.medley.recipe.GenerationReport;
import io.medley.recipe.Recipes;
import io.medley.recipe.ScenesOptions;
import io.medley.recipe.ScenesReport;
import io.medley.tensor.MedleyException;
import io.medley.train.Recipe;
import io.medley.train.RunDirectory;
import io.medley.train.distributed.LocalProcesses;
import io.medley.train.distributed.World;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code medley train}. */
@Command(
        name = "train",
        description = {
            "Train by a recipe, or go on with a training that was interrupted.",
            "",
            "RECIPE is a YAML file or a built-in name:",
            "  scenes-tiny  BLIP's pre-training in small: 60 steps in about a minute",
            "  scenes       the embedded model: pre-trained on the procedural world, tuned for captions and questions,",
            "               evaluated on scenes it has not seen; about an hour on one core with bfloat16 arithmetic",
            "  scenes-generate  a rectified-flow transformer learns to draw scenes from their captions; the embedded model judges",
            "  density-NAME points of the plane, a minute each: ddpm, score-vp, score-subvp, score-ve, edm, v-cosine,",
            "               flow-matching, optimal-transport, rectified-flow, nice, realnvp, glow, spline, planar, radial",
            "  glow-scenes  Glow on drawn pictures",
            "",
            "RUN gets the resolved recipe, metrics.jsonl, last.safetensors, plots and report.html. Whatever ends a run, the same command",
            "continues it from its last checkpoint."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley train scenes-tiny --out runs/tiny",
            "  medley train scenes-tiny --out runs/exact --set steps=100 --set threads=1 --set schedule.peak=5e-4",
            "  medley train scenes --out runs/scenes",
            "  medley train scenes-generate --out runs/generate --evaluate 32",
            "  medley train density-edm --out runs/edm",
            "  medley train scenes --out runs/quick --set pretrainSteps=100 --set vqaSteps=50 --evaluate 50",
            "  medley train scenes --out runs/two --processes 2"
        })
final class TrainCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(
            index = "0",
            paramLabel = "RECIPE",
            description = {
                "A YAML file, or a built-in recipe: scenes, scenes-tiny, scenes-generate, glow-scenes, or one of",
                "docs/generative.md such as density-ddpm."
            })
    private String recipe = "";

    @Option(
            names = "--out",
            paramLabel = "RUN",
            required = true,
            description = "A new or empty directory for the result, or that of the run to continue.")
    private Path out = Path.of("");

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description =
                    "Change a setting of the recipe, such as steps=100 or optimizer.weightDecay=0.1; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--evaluate",
            paramLabel = "N",
            description = {
                "scenes: samples of each split to evaluate on. Default: 1000.",
                "scenes-generate: pictures drawn in each way. Default: 64."
            })
    private @Nullable Integer evaluate;

    @Option(
            names = "--processes",
            paramLabel = "N",
            description = "Train in so many processes on this machine, each with a batch of its own. Default: 1.")
    private int processes = 1;

    @Spec
    private CommandSpec spec = CommandSpec.create();

    @Mixin
    private HelpOption help = new HelpOption();

    TrainCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException, InterruptedException {
        if (evaluate != null && evaluate < 2) {
            throw new MedleyException("--evaluate " + evaluate + ": give 2 samples or more");
        }
        if (processes < 1) {
            throw new MedleyException("--processes " + processes + ": give 1 or more");
        }
        if (processes > 1 && !session.environment().containsKey("WORLD_SIZE")) {
            // Each of them runs this very command, and finds its place in the environment.
            return LocalProcesses.run(
                    LocalProcesses.command(
                            Main.class.getName(),
                            spec.root().commandLine().getParseResult().originalArgs()),
                    processes,
                    Map.of(),
                    session.console()::print,
                    session.console()::say);
        }
        try (var world = World.join(session.environment())) {
            if (processes > 1 && world.size() != processes) {
                throw new MedleyException("--processes " + processes + ", but WORLD_SIZE is " + world.size()
                        + ": a launcher has started this process; leave --processes out");
            }
            train(world);
        }
        return Status.OK;
    }

    private void train(World world) throws IOException {
        var chosen = Recipes.load(recipe, settings);
        if (world.isFirst()) {
            chosen.about().forEach(session.console()::say);
        }
        try (var directory =
                RunDirectory.open(out, chosen.settings(), new TrainingProgress(session.console()), world)) {
            chosen.kind().run(chosen, directory);
            if (world.isFirst() && chosen.kind().name().equals(Recipes.SCENES)) {
                evaluateScenes(chosen);
            } else if (chosen.kind().name().equals(Recipes.GENERATE)) {
                evaluateDrawing(chosen);
            }
        }
    }

    private void evaluateScenes(Recipe chosen) throws IOException {
        if (Files.exists(out.resolve(ScenesReport.FILE))) {
            return;
        }
        try (var model = session.registry().load(out.toString(), LoadOptions.DEFAULT)) {
            int count = evaluate == null ? 1000 : evaluate;
            ScenesReport.write(model, chosen.as(ScenesOptions.class).imageSize(), count, out, session.console()::say);
        }
    }

    private void evaluateDrawing(Recipe chosen) throws IOException {
        if (Files.exists(out.resolve(GenerationReport.FILE))) {
            return;
        }
        try (var model = session.registry().load(out.toString(), LoadOptions.DEFAULT);
                var judge = session.registry().load(Medley.DEFAULT_MODEL, LoadOptions.DEFAULT)) {
            int side = chosen.as(GenerationRecipeOptions.class).imageSize();
            GenerationReport.write(model, judge, side, evaluate == null ? 64 : evaluate, out, session.console()::say);
        }
    }
}
