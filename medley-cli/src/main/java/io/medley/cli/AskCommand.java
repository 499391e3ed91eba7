package io.medley.cli;

import io.medley.image.RgbImage;
import io.medley.task.Answer;
import io.medley.task.AnswerOptions;
import io.medley.task.Answerer;
import io.medley.task.Model;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code medley ask}. */
@Command(
        name = "ask",
        description = {
            "Answer a question about a picture.",
            "",
            "Without candidates the model writes the answer; with candidates it ranks them."
        },
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley ask photo.jpg 'what color is the cat?'",
            "  medley ask photo.jpg 'what color is the cat?' --candidates red,green,blue --top 2"
        })
final class AskCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "FILE", description = "An image.")
    private String file = "";

    @Parameters(index = "1", paramLabel = "QUESTION", description = "The question.")
    private String question = "";

    @Option(names = "--candidates", paramLabel = "A,B,C", description = "Answers to choose among.")
    private @Nullable String candidates;

    @Option(names = "--top", paramLabel = "N", description = "Answers to print. Default: 1, with candidates all.")
    private @Nullable Integer top;

    @Mixin
    private TaskOptions common = new TaskOptions();

    AskCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        Texts.required(question, "question");
        AnswerOptions options = options();
        RgbImage image = ImageRun.readOne(file);
        try (Model loaded = common.load(session.registry())) {
            Answerer answerer = ModelOptions.task(loaded, "ask", Model::answerer);
            List<Answer> answers = answerer.answer(image, question, options);
            if (common.json()) {
                session.console().print(object(answers));
            } else if (answers.size() == 1) {
                session.console().print(answers.get(0).text());
            } else {
                for (Answer answer : answers) {
                    session.console()
                            .print(String.format(Locale.ROOT, "%.4f  %s", answer.probability(), answer.text()));
                }
            }
            return Status.OK;
        }
    }

    private AnswerOptions options() {
        AnswerOptions options = candidates == null
                ? AnswerOptions.generate()
                : AnswerOptions.rank(Texts.list(candidates, "--candidates"));
        if (top == null) {
            return options;
        }
        AnswerOptions limited = options.withTop(top);
        return candidates == null ? limited.withBeams(Math.max(limited.beams(), top)) : limited;
    }

    private ObjectNode object(List<Answer> answers) {
        ObjectNode object = Json.object().put("file", file).put("question", question);
        ArrayNode array = object.putArray("answers");
        for (Answer answer : answers) {
            ObjectNode entry = array.addObject().put("text", answer.text());
            Json.put(entry, "probability", answer.probability());
            Json.put(entry, "score", answer.score());
        }
        return object;
    }
}
