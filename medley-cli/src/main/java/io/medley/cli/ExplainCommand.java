package io.medley.cli;

import io.medley.image.RgbImage;
import io.medley.task.Explainer;
import io.medley.task.Explainer.Target;
import io.medley.task.Explanation;
import io.medley.task.Model;
import io.medley.tensor.MedleyException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code medley explain}. */
@Command(
        name = "explain",
        description = {
            "Show which parts of a picture a text rests on (Grad-CAM).",
            "",
            "Writes overall.png, one PNG for each word, and index.html with all of them."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley explain photo.jpg 'a red cat' --out why",
            "  medley explain photo.jpg 'a red cat' --caption --out why",
            "  medley explain photo.jpg red --question 'what color is the cat?' --out why"
        })
final class ExplainCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "FILE", description = "An image.")
    private String file = "";

    @Parameters(index = "1", paramLabel = "TEXT", description = "The text to explain; with --question, the answer.")
    private String text = "";

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Directory for the results; made if need be.")
    private Path out = Path.of("");

    @Option(names = "--caption", description = "Explain the text as a caption the model would write, not as a match.")
    private boolean caption;

    @Option(names = "--question", paramLabel = "TEXT", description = "Explain TEXT as the answer to this question.")
    private @Nullable String question;

    @Mixin
    private TaskOptions common = new TaskOptions();

    ExplainCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() throws IOException {
        Texts.required(text, "text");
        Target target = target();
        RgbImage image = ImageRun.readOne(file);
        HeatMapPage page = new HeatMapPage(out);
        OutputFile.check(page.index());
        try (Model loaded = common.load(session.registry())) {
            Explainer explainer = ModelOptions.task(loaded, "explain", Model::explainer);
            if (!explainer.supports(target.getClass())) {
                throw new MedleyException(loaded.name() + ": cannot explain "
                        + target.getClass().getSimpleName().toLowerCase(Locale.ROOT) + "; it has no head for that");
            }
            Explanation explanation = explainer.explain(image, target);
            page.write(file, image, explanation);
            if (common.json()) {
                session.console().print(object(page, explanation));
            } else {
                session.console().print(page.index().toString());
            }
            return Status.OK;
        }
    }

    private Target target() {
        if (question != null) {
            if (caption) {
                throw new MedleyException("--caption and --question exclude each other; give one of them");
            }
            return new Target.Answering(Texts.required(question, "question"), text);
        }
        return caption ? new Target.Captioning(text) : new Target.Matching(text);
    }

    private ObjectNode object(HeatMapPage page, Explanation explanation) {
        ObjectNode object = Json.object().put("file", file).put("text", explanation.text());
        Json.put(object, "score", explanation.score());
        object.put("page", page.index().toString())
                .put("overall", page.overall().toString());
        ArrayNode words = object.putArray("words");
        for (int i = 0; i < explanation.words().size(); i++) {
            words.addObject()
                    .put("word", explanation.words().get(i).word())
                    .put(
                            "image",
                            page.word(i, explanation.words().get(i).word()).toString());
        }
        return object;
    }
}
