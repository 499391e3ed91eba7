package io.medley.cli;

import io.medley.task.Caption;
import io.medley.task.CaptionOptions;
import io.medley.task.Captioner;
import io.medley.task.Model;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code medley caption}. */
@Command(
        name = "caption",
        description = "Describe pictures in words.",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley caption photo.jpg",
            "  medley caption --nucleus 0.9 --samples 5 --seed 1 --json photos/ > captions.jsonl",
            "  medley caption --model Salesforce/blip-image-captioning-base --prompt 'a photo of' '*.png'"
        })
final class CaptionCommand implements Callable<Integer> {
    private final Session session;

    @Mixin
    private ImageOptions images = new ImageOptions();

    @Mixin
    private DecodingOptions decoding = new DecodingOptions();

    @Mixin
    private TaskOptions common = new TaskOptions();

    CaptionCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        CaptionOptions options = decoding.options();
        InputFiles files = images.files();
        try (Model loaded = common.load(session.registry())) {
            Captioner captioner = ModelOptions.task(loaded, "caption", Model::captioner);
            return new ImageRun(session, "caption", common.json())
                    .run(files, images.batch, pictures -> captioner.caption(pictures, options), this::print);
        }
    }

    private void print(Path file, List<Caption> captions) {
        if (common.json()) {
            session.console().print(object(file, captions));
        } else {
            printPlain(file, captions);
        }
    }

    private void printPlain(Path file, List<Caption> captions) {
        if (captions.size() == 1) {
            session.console()
                    .print(OneLine.of(file.toString()) + ": " + captions.get(0).text());
            return;
        }
        session.console().print(OneLine.of(file.toString()));
        for (Caption caption : captions) {
            session.console().print(String.format(Locale.ROOT, "  %6.3f  %s", caption.score(), caption.text()));
        }
    }

    private static ObjectNode object(Path file, List<Caption> captions) {
        ObjectNode object = Json.object().put("file", file.toString());
        ArrayNode array = object.putArray("captions");
        for (Caption caption : captions) {
            Json.put(array.addObject().put("text", caption.text()), "score", caption.score());
        }
        return object;
    }
}
