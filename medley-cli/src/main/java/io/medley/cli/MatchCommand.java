package io.medley.cli;

import io.medley.image.RgbImage;
import io.medley.task.Match;
import io.medley.task.Matcher;
import io.medley.task.Model;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code medley match}. */
@Command(
        name = "match",
        description = {
            "Score how well texts fit a picture.",
            "",
            "Prints the ITM probability (0 to 1, from a network that sees picture and text together)",
            "and the ITC cosine (-1 to 1, of the two embeddings); - where the model has no such head."
        },
        sortOptions = false,
        footer = {"", "Example:", "  medley match photo.jpg 'a red cat' 'two blue boats'"})
final class MatchCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(index = "0", paramLabel = "FILE", description = "An image.")
    private String file = "";

    @Parameters(index = "1..*", arity = "1..*", paramLabel = "TEXT", description = "Texts to score.")
    private List<String> texts = new ArrayList<>();

    @Mixin
    private TaskOptions common = new TaskOptions();

    MatchCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        texts.forEach(text -> Texts.required(text, "text"));
        RgbImage image = ImageRun.readOne(file);
        try (Model loaded = common.load(session.registry())) {
            Matcher matcher = ModelOptions.task(loaded, "match", Model::matcher);
            List<Match> matches = matcher.grid(List.of(image), texts).get(0);
            if (common.json()) {
                session.console().print(object(matches));
            } else {
                printPlain(matches);
            }
            return Status.OK;
        }
    }

    private void printPlain(List<Match> matches) {
        session.console().print("probability   cosine  text");
        for (int i = 0; i < texts.size(); i++) {
            Match match = matches.get(i);
            session.console()
                    .print(String.format(
                            Locale.ROOT,
                            "%11s  %7s  %s",
                            number("%.4f", match.probability()),
                            number("%.4f", match.cosine()),
                            OneLine.of(texts.get(i))));
        }
    }

    private ObjectNode object(List<Match> matches) {
        ObjectNode object = Json.object().put("file", file);
        ArrayNode array = object.putArray("matches");
        for (int i = 0; i < texts.size(); i++) {
            ObjectNode entry = array.addObject().put("text", texts.get(i));
            Json.put(entry, "probability", matches.get(i).probability());
            Json.put(entry, "cosine", matches.get(i).cosine());
        }
        return object;
    }

    private static String number(String format, double value) {
        return Double.isNaN(value) ? "-" : String.format(Locale.ROOT, format, value);
    }
}
