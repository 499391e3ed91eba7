package io.medley.cli;

import io.medley.model.LoadOptions;
import io.medley.recipe.ScenesOptions;
import io.medley.recipe.ScenesRecipe;
import io.medley.recipe.ScenesReport;
import io.medley.tensor.MedleyException;
import io.medley.train.Reporter;
import io.medley.train.RunDirectory;
import io.medley.train.StoppedException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/** {@code medley train}. */
@Command(
        name = "train",
        description = {
            "Train the embedded model anew.",
            "",
            "RECIPE is 'scenes': a small BLIP is pre-trained on the procedural world (ITC + ITM + LM, momentum, queue),",
            "tuned for captions and for questions, and evaluated on scenes it has not seen. About an hour on one core with bfloat16 arithmetic."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley train scenes --out runs/scenes",
            "  medley train scenes --out runs/quick --set pretrainSteps=100 --set vqaSteps=50 --evaluate 50"
        })
final class TrainCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "RECIPE", description = "scenes.")
    private String recipe = "";

    @Option(
            names = "--out",
            paramLabel = "RUN",
            required = true,
            description = "A new or empty directory for the result.")
    private Path out = Path.of("");

    @Option(
            names = "--set",
            paramLabel = "NAME=VALUE",
            description = "Change a setting of the recipe; may be repeated.")
    private Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = "--evaluate",
            paramLabel = "N",
            description = "Samples of each split to evaluate on. Default: 1000.")
    private int evaluate = 1000;

    @Mixin
    private HelpOption help = new HelpOption();

    TrainCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        if (!recipe.equals("scenes")) {
            throw new MedleyException("recipe '" + recipe + "' is not known; there is: scenes");
        }
        if (evaluate < 2) {
            throw new MedleyException("--evaluate " + evaluate + ": give 2 samples or more");
        }
        var options = ScenesOptions.defaults().with(settings);
        if (Files.exists(out.resolve("model.safetensors"))) {
            throw new MedleyException(out + ": holds a finished run; give another --out");
        }
        ObjectNode recipe = JsonMapper.shared().valueToTree(options);
        try (var directory = RunDirectory.open(out, recipe, Reporter.lines(session.console()::say))) {
            ScenesRecipe.run(options, directory);
        } catch (StoppedException stopped) {
            return Status.OK; // it has said so itself
        }
        try (var model = session.registry().load(out.toString(), LoadOptions.DEFAULT)) {
            ScenesReport.write(model, options.imageSize(), evaluate, out, session.console()::say);
        }
        return Status.OK;
    }
}
