package io.medley.cli;

import io.medley.image.ImageFiles;
import io.medley.image.RgbImage;
import io.medley.model.LoadOptions;
import io.medley.task.GenerationOptions;
import io.medley.task.GenerationOptions.Sampler;
import io.medley.task.Model;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code medley generate}. */
@Command(
        name = "generate",
        description = {
            "Draw pictures of what a text says, as PNG files and a page that shows them.",
            "",
            "No model that draws is shipped; 'medley train scenes-generate' makes one."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley generate \"a red car beside a tree\" --model runs/generate --out drawn",
            "  medley generate \"two blue boats\" --model runs/generate --sampler dpm --steps 12 --count 8 --seed 3 --out boats"
        })
final class GenerateCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "TEXT", description = "What the pictures shall show.")
    private String text = "";

    @Option(
            names = {"-m", "--model"},
            paramLabel = "MODEL",
            required = true,
            description = "Name or directory of a model that draws.")
    private String model = "";

    @Option(names = "--out", paramLabel = "DIR", required = true, description = "Where pictures and index.html go.")
    private Path out = Path.of("");

    @Option(names = "--count", paramLabel = "N", defaultValue = "4", description = "Pictures. Default: 4.")
    private int count = 4;

    @Option(names = "--steps", paramLabel = "N", defaultValue = "25", description = "Steps. Default: 25.")
    private int steps = 25;

    @Option(
            names = "--sampler",
            paramLabel = "NAME",
            defaultValue = "euler",
            description = "euler, heun, rk4, dpm, ancestral or rk45. Default: euler.")
    private Sampler sampler = Sampler.EULER;

    @Option(
            names = "--guidance",
            paramLabel = "W",
            defaultValue = "3",
            description = "How much the text counts; 1 is what the model learnt. Default: 3.")
    private double guidance = 3;

    @Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "Fixes the pictures. Default: 0.")
    private long seed;

    @Mixin
    private JsonOption json = new JsonOption();

    @Mixin
    private HelpOption help = new HelpOption();

    GenerateCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        var options = new GenerationOptions(sampler, steps, guidance, seed, count);
        OutputFile.check(out.resolve("index.html"));
        try (Model loaded = session.registry().load(model, LoadOptions.DEFAULT)) {
            var images = ModelOptions.task(loaded, "generate pictures", Model::imageGenerator)
                    .generate(text, options);
            write(images, loaded.name());
        }
        return Status.OK;
    }

    /** The page comes last: once it is there, so are the pictures. */
    private void write(List<RgbImage> images, String name) throws IOException {
        var figures = new StringBuilder();
        for (int i = 0; i < images.size(); i++) {
            var file = String.format(Locale.ROOT, "%03d.png", i + 1);
            OutputFile.write(out.resolve(file), ImageFiles.encodePng(images.get(i)));
            figures.append(Html.figure(file, "seed " + seed + ", picture " + (i + 1)));
            if (json.json) {
                session.console()
                        .print(Json.object()
                                .put("file", out.resolve(file).toString())
                                .put("text", text)
                                .put("seed", seed)
                                .put("picture", i + 1));
            }
        }
        var note = String.format(
                Locale.ROOT,
                "%s, %s, %d steps, guidance %s",
                name,
                sampler.name().toLowerCase(Locale.ROOT),
                steps,
                guidance);
        var body = "<h1>" + Html.text(text) + "</h1>\n<p class=\"note\">" + Html.text(note)
                + "</p>\n<div class=\"row\">\n" + figures + "</div>\n";
        OutputFile.write(out.resolve("index.html"), Html.page(text, body).getBytes(StandardCharsets.UTF_8));
        if (!json.json) {
            session.console().print(out.resolve("index.html").toString());
        }
    }
}
