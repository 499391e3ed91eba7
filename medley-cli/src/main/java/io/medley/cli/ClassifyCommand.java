package io.medley.cli;

import io.medley.task.Classifier;
import io.medley.task.LabelScore;
import io.medley.task.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code medley classify}. */
@Command(
        name = "classify",
        description = "Choose among labels the model was not trained on (zero-shot classification).",
        sortOptions = false,
        footer = {
            "",
            "Examples:",
            "  medley classify photo.jpg --labels cat,dog,boat",
            "  medley classify photos/ --labels cat,dog --template 'a drawing of a {}' --json"
        })
final class ClassifyCommand implements Callable<Integer> {
    private final Session session;

    @Parameters(paramLabel = "FILE|DIR|GLOB", arity = "1..*", description = "Images, directories of images, or globs.")
    private List<String> inputs = new ArrayList<>();

    @Option(names = "--labels", paramLabel = "A,B,C", required = true, description = "The labels.")
    private String labels = "";

    @Option(
            names = "--template",
            paramLabel = "TEXT",
            description =
                    "Sentence in which {} stands for the label; may be given several times. Default: 'a picture of a {}'.")
    private List<String> templates = new ArrayList<>();

    @Option(
            names = "--batch",
            paramLabel = "N",
            defaultValue = "8",
            description = "Images given to the model at once. Default: 8.")
    private int batch = 8;

    @Mixin
    private ModelOptions model = new ModelOptions();

    @Mixin
    private JsonOption json = new JsonOption();

    @Mixin
    private HelpOption help = new HelpOption();

    ClassifyCommand(Session session) {
        this.session = session;
    }

    @Override
    public Integer call() {
        List<String> names = Texts.list(labels, "--labels");
        List<String> sentences = templates.isEmpty() ? Classifier.DEFAULT_TEMPLATES : templates;
        InputFiles files = InputFiles.of(inputs);
        try (Model loaded = model.load(session.registry())) {
            Classifier classifier = ModelOptions.task(loaded, "classify", Model::classifier);
            return new ImageRun(session, "classify", json.json)
                    .run(files, batch, images -> classifier.classify(images, names, sentences), this::print);
        }
    }

    private void print(Path file, List<LabelScore> scores) {
        if (json.json) {
            session.console().print(object(file, scores));
            return;
        }
        session.console().print(OneLine.of(file.toString()));
        for (LabelScore score : scores) {
            session.console().print(String.format(Locale.ROOT, "  %.4f  %s", score.probability(), score.label()));
        }
    }

    private static ObjectNode object(Path file, List<LabelScore> scores) {
        ObjectNode object = Json.object().put("file", file.toString());
        ArrayNode array = object.putArray("labels");
        for (LabelScore score : scores) {
            Json.put(array.addObject().put("label", score.label()), "probability", score.probability());
        }
        return object;
    }
}
