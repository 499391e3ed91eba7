package io.medley.cli;

import io.medley.bootstrap.Bootstrap;
import io.medley.train.RunDirectory;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code medley bootstrap}. */
@Command(
        name = "bootstrap",
        description = {
            "Bootstrap a model from noisy pairs: the whole circle of BLIP.",
            "",
            "Pre-trains on noisy and clean pairs, tunes a captioner and a filter on the clean ones, lets them rewrite the noisy",
            "ones, and pre-trains a new model on the result. RECIPE is a YAML file (see docs/capfilt.md) or the built-in name",
            "scenes-bootstrap, which draws its pairs. Stages lie in folders of RUN. Whatever ends a run, the same command goes on."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley bootstrap scenes-bootstrap --out runs/circle",
            "  medley bootstrap my-pairs.yaml --out runs/mine --set capfilt.samples=5 --set capfilt.policy=best-of"
        })
final class BootstrapCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "RECIPE", description = "A YAML file, or scenes-bootstrap.")
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
            description = "Change a setting of the recipe, such as pretrain.steps=1000; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Mixin
    private HelpOption help = new HelpOption();

    BootstrapCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        var chosen = Bootstrap.recipe(recipe, settings, session.registry());
        chosen.about().forEach(session.console()::say);
        try (var directory = RunDirectory.open(out, chosen.settings(), new TrainingProgress(session.console()))) {
            chosen.kind().run(chosen, directory);
        }
        return Status.OK;
    }
}
